"""What addresses carry besides the page: how its reader came, as tables, and which session was theirs."""

from __future__ import annotations

import re

# Parameters that say how a reader came, never what the page shows, by who sets them, in lower case. A name stands
# here only if no site is known to choose a page by it: `id`, `p`, `cat`, `page`, `v`, `mod`, `trk`, `lid`, `si` and
# `share` do so somewhere and stay. Some 60 are in the lists that AdGuard, Brave and ClearURLs apply to every site; the
# rest, newsrooms' and letters' above all, are known from their use in links alone.
TRACKING_PREFIXES = {
    "Google Analytics and Ads": "utm_ gad_",
    "Matomo": "mtm_ pk_ piwik_ matomo_",
    "HubSpot": "hsa_ __hs _hs",
    "Mapp, once Webtrekk; Webtrends": "wt_ wt.",
    "comScore": "ns_",
    "Piano, once AT Internet": "at_",
    "Adobe, Coremetrics": "adobe_mc cm_mmc",
    "Facebook": "fb_ __cft__",
    "Twitter": "__twitter_",
    "Yahoo": "guce_",
    "Taboola": "taboola_",
    "Blueshift, Eloqua, Salesforce, Omeda, Vero": "bsft_ elq sfmc_ oly_ vero_",
    "Adjust, Branch, Segmentify": "adjust_ _branch_ _sgm_",
    "DPG Media": "dpg_",
    "teasers on the site itself": "itm_",
}
TRACKING_NAMES = {
    "Google": "gclid gclsrc dclid gbraid wbraid srsltid _ga _gl gs_l utm",
    "Google's AMP viewer": "usqp amp_js_v amp_gsa _js_v _gsa",
    "Facebook and Instagram": """fbclid fbadid mibextid sfnsn igshid igsh ig_rid ig_mid __tn__ action_object_map
        action_type_map action_ref_map""",
    "Microsoft": "msclkid ocid",
    "Yandex": "yclid ysclid ymclid _openstat",
    "Baidu, Alibaba": "bd_vid hmsr hmpl hmcu hmkw hmci spm",
    "Twitter and its embedded posts": "twclid ref_src ref_url",
    "TikTok": "ttclid tt_medium tt_content",
    "LinkedIn, Pinterest, Snapchat, Reddit": "li_fat_id lipi epik sccid sc_referrer sc_ua rdt_cid",
    "Outbrain, Taboola, Cxense": """dicbo oborigurl ob_click_id tblci cx_click cx_recsorder cx_recswidget cx_testid
        cx_testvariant cx_artpos""",
    "Hootsuite, Sprout, True Anthem, Echobox": "hootpostid spref sr_share taid link_source echobox",
    "Mailchimp, Marketo": "mc_cid mc_eid mc_tc mkt_tok",
    "Klaviyo, MailerLite, ConvertKit, beehiiv": "_kx _ke ml_subscriber ml_subscriber_hash ck_subscriber_id _bhlid",
    "Salesforce, Acoustic, Dotdigital": """et_rid et_cid spmailingid spuserid spjobid spreportid cm_me cm_cr cm_sp
        cm_ite dm_i""",
    "Emarsys, Listrak, Bronto": """sc_src sc_lid sc_llid sc_uid sc_eh sc_customer trk_contact trk_msg trk_module trk_sid
        _bta_tid _bta_c""",
    "ClickDimensions, Wicked, Mindbox": "_clde _cldee wickedid wickedsource mindbox-click-id mindbox-message-key",
    "Adobe, AT Internet": "s_cid s_kwcid ef_id xtor",
    "Yahoo": "guccounter soc_src soc_trk tsrc .tsrc yptr ncid",
    "affiliate networks": "awc cjevent cjdata irclickid irgwc sscid tduid zanpid admitad_uid rb_clickid gps_adid",
    "newsrooms": """cmpid intcmp icid intcid iref n_cid ito emc maca mbid wprov fsrc ftcamp ftag reflink
        leadsource sref srnd tpcc tracking_source""",
    "The New York Times": "smid smtyp regi_id",
    "The Washington Post": "wpisrc wpmm wpmk wprss wpsrc hpid",
    "Der Spiegel": "sara_ref sara_ecid sara_icid",
    "gift links": "unlocked_article_code pwapi_token sharetoken",
}
# Names that choose a page on some sites and name a channel on others: dropped only with a channel's name, alone or
# before an underscore (CMP=share_btn_url).
CHANNEL_NAMES = frozenset(["ref", "r", "src", "source", "from", "cmp", "cid", "via", "partner", "referrer"])
CHANNELS = {
    "feeds": "rss rss2 rssfeed atom feed",
    "networks": "facebook fb twitter twt tw whatsapp telegram linkedin instagram reddit bluesky googlenews soc",
    "letters": "newsletter email mail push share social",
}
SESSION_NAMES = frozenset(["jsessionid", "phpsessid", "sessionid", "session_id", "cfid", "cftoken", "zenid"])
_SESSION_VALUE_NAMES = frozenset(["sid", "s"])  # dropped only with a value no counter or search would give
_SESSION_VALUE = re.compile(r"[0-9a-fA-F]{32,}")
_SESSION_SUFFIX = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*", re.IGNORECASE)
# ASP.NET without cookies: /(S(…))/, in its first version /(…)/.
_SESSION_SEGMENT = re.compile(r"/\((?:(?:[A-Za-z]\([\w-]{16,}\))+|[a-z0-5]{24})\)(?=/)")
_POST = re.compile(r"sf[0-9]{6,}")  # SocialFlow's number of a post, as a name: ?sf123456789=1

_PREFIXES = tuple(" ".join([*TRACKING_PREFIXES.values(), "aspsessionid"]).split())
_NAMES = SESSION_NAMES.union(*(names.split() for names in TRACKING_NAMES.values()))
_CHANNELS = frozenset(" ".join(CHANNELS.values()).split())


def says_nothing(pair: str) -> bool:
    """Whether a name=value of a query is tracking or a session id by the tables above."""
    name, _, value = pair.partition("=")
    name = name.lower().removeprefix("amp;")  # what an address escaped twice leaves before the name
    return (
        name in _NAMES
        or name.startswith(_PREFIXES)
        or (name in CHANNEL_NAMES and value.lower().partition("_")[0] in _CHANNELS)
        or (name in _SESSION_VALUE_NAMES and _SESSION_VALUE.fullmatch(value) is not None)
        or (value == "1" and _POST.fullmatch(name) is not None)
    )


def without_session(path: str) -> str:
    """A path without the session ids that servers write into it for readers who take no cookies."""
    return _SESSION_SEGMENT.sub("", _SESSION_SUFFIX.sub("", path))
