# One image for web, worker and beat; docker-compose.yml says which command each one runs.

FROM python:3.11-slim-bookworm AS libraries
RUN python -m venv /venv
COPY requirements.lock /tmp/requirements.lock
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes \
      -r /tmp/requirements.lock

FROM python:3.11-slim-bookworm
# Pango draws the text of the dossiers; the fonts are ours and come with the source.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /srv/iqas --shell /usr/sbin/nologin iqas \
 && install -d -o iqas -g iqas -m 0750 /srv/iqas /data/media \
 && install -d -o iqas -g iqas -m 0700 /data/keys
COPY --from=libraries /venv /venv
WORKDIR /srv/iqas
COPY --chown=root:root . .
# docker build --build-arg IQAS_BUILT_FROM=$(git rev-parse HEAD): the image has no .git, and dossiers name the commit.
ARG IQAS_BUILT_FROM=""
ENV PATH=/venv/bin:$PATH \
    IQAS_BUILT_FROM=$IQAS_BUILT_FROM \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    IQAS_ENV=production \
    MEDIA_ROOT=/data/media \
    KEYS_DIR=/data/keys
# Static files do not depend on an installation: they are collected once, with a key that nothing keeps.
RUN IQAS_ENV=local SECRET_KEY=only-while-building MEDIA_ROOT=/tmp KEYS_DIR=/tmp python manage.py collectstatic --noinput
USER iqas
VOLUME ["/data/media", "/data/keys"]
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-m", "iqas.core.probe", "/healthz"]
CMD ["gunicorn", "iqas.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4", "--timeout", "60", "--max-requests", "2000", "--max-requests-jitter", "200", "--access-logfile", "-", "--logger-class", "iqas.access_log.AccessLog"]
