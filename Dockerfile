# The same commands as from a checkout: `descentd up | serve | worker | scheduler | migrate | keys`.
ARG PYTHON=3.11.13-slim-bookworm
FROM python:${PYTHON} AS build
ENV UV_LINK_MODE=copy
WORKDIR /app
COPY requirements ./requirements
COPY pyproject.toml README.md LICENSE alembic.ini ./
COPY engine ./engine
COPY service ./service
COPY worker ./worker
COPY client ./client
COPY cli ./cli
COPY migrations ./migrations
# What installed has no business in the image.
RUN --mount=type=cache,target=/root/.cache \
    requirements/install.sh .venv requirements/runtime.lock \
    && .venv/bin/python -m pip uninstall --quiet --yes uv setuptools pip \
    && .venv/bin/python -m compileall -q engine service worker client cli migrations

FROM python:${PYTHON}
# A fixed number, so that volumes keep their owner from one image to the next.
RUN useradd --uid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin descentd \
    && install --directory --owner=descentd --group=descentd --mode=0700 /data
COPY --from=build /app /app
WORKDIR /app
USER descentd
# Reachable from outside the container, and therefore only with keys.
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DESCENTD_HOST=0.0.0.0 \
    DESCENTD_PORT=8000 \
    DESCENTD_AUTH=keys \
    DESCENTD_DATA_DIR=/data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 CMD \
    ["python", "-c", "import os, urllib.request as web; web.urlopen(f\"http://127.0.0.1:{os.environ['DESCENTD_PORT']}/readyz\", timeout=4)"]
ENTRYPOINT ["descentd"]
CMD ["up"]
