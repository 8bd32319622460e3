"""Datelines of the Chinese, Japanese and Korean press: one bracket or phrase with its own grammar, as data."""

from __future__ import annotations

import re

from pipelines.news import agencies

_NAME = "[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3·・A-Za-z]"
_DATE = r"(?:(?P<year>\d{4})年)?(?:(?P<month>\d{1,2})月)?(?P<day>\d{1,2})日"
_CREDIT = "|".join(form for form in agencies.BY_FORM if re.fullmatch("[\u3040-\u30ff\u3400-\u9fff]{2,8}", form))
_PAPER = rf"(?:{_CREDIT}|本报|本報|[\u3400-\u9fff]{{1,5}}?[社网網报報台])"
_WIRED = "(?:电|電|讯|訊|消息|综合电|綜合電|專電|专电|外電|外电)"
_BY = r"(?:\s?[（(]\s?(?:本报|本報|总台)?(?:记者|記者|通讯员|特派员|特派員|作者)[^（()）]{0,60}[)）])?(?:\s?题[：:])?"
_END = r"\s*(?:[-－–—:：]+\s*)?"
# Each begins at the head of the text; groups: place, year, month, day, credit. Digits may be full-width.
FORMS = tuple(
    re.compile(form + _END)
    for form in (
        # 新华社北京3月5日电（记者张三）
        rf"(?P<credit>{_PAPER})(?:(?:记者|記者)\w{{2,4}})?(?P<place>{_NAME}{{0,12}}?){_DATE}[\u3400-\u9fff]{{0,4}}?{_WIRED}{_BY}",
        # （中央社記者王小明台北5日電） （路透社伦敦5日电）
        rf"[（(【\[](?P<credit>{_PAPER})(?:(?:记者|記者)\w{{3}})?(?P<place>{_NAME}{{0,12}}?){_DATE}\w{{0,3}}"
        rf"{_WIRED}[)）】\]]",
        # （北京3日讯） （吉隆坡综合讯）
        rf"[（(【\[](?P<place>{_NAME}{{2,8}}?)(?:{_DATE}|综合|綜合){_WIRED}[)）】\]]",
        # 【ワシントン時事】 【ロンドン共同】 【ソウル聯合ニュース】
        rf"[【［\[](?P<place>{_NAME}{{2,14}}?)(?P<credit>{_CREDIT})[】］\]]",
        # 北京（路透社）-
        rf"(?P<place>{_NAME}{{2,12}}?)[（(](?P<credit>{_CREDIT}|AP|AFP)[)）]\s?[-－–—]",
        # 【北京＝山田太郎】 【ニューヨーク＝共同】
        rf"[【［\[](?P<place>{_NAME}{{2,14}}?)[＝=](?P<credit>[\w・ 　]{{2,16}})[】］\]]",
        # 【3月5日 AFP】
        rf"[【［\[]{_DATE}\s{{0,2}}(?P<credit>[\w. ]{{2,20}})[】］\]]",
        # ［東京　５日　ロイター］ －
        rf"[【［\[](?P<place>{_NAME}{{2,20}}(?:[／/]{_NAME}{{2,20}})?)\s{{1,2}}{_DATE}\s{{1,2}}"
        r"(?P<credit>\w{2,12})[】］\]]",
        # (서울=연합뉴스) 홍길동 기자 =
        r"[(\[（［](?P<place>[가-힣·A-Za-z ]{2,20})=(?P<credit>\w{2,10}) ?[^)\]）］]{0,20}[)\]）］]"
        r"(?:\s?[가-힣 ·]{2,20}(?:기자|특파원)\s?=)?",
        # 〔記者王小明／台北報導〕
        rf"[〔（(\[【](?:记者|記者)[^／/\]）)〕】]{{2,12}}[／/](?P<place>{_NAME}{{2,6}})(?:報導|報道|报道)[〕）)\]】]",
    )
)
_SIGNS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


def match(head: str) -> re.Match[str] | None:
    """The dateline in one of the eastern forms at the head of a text, or None."""
    if not _SIGNS.search(head, 0, 12):
        return None
    return next((found for form in FORMS if (found := form.match(head))), None)
