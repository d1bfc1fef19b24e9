# One image for ai_planner and ai_deployer; which of them runs is said by its command.
#
#   docker build --tag hive:local --build-arg REVISION="$(git rev-parse --short HEAD)" .
#   docker run --rm --env ANTHROPIC_API_KEY --env HIVE_DATABASE_URL hive:local python -m ai_planner run
#
# It holds no secret: keys and passwords come from the environment, or from files that NAME_FILE names.

FROM python:3.13.9-slim-bookworm@sha256:b685a4fa58bb19d1814d78a1ec0f0208f351452724f78b20212c984d6e124a34 AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1
WORKDIR /app
RUN python -m venv /venv
COPY requirements/apps.txt requirements/
RUN /venv/bin/pip install --require-hashes --requirement requirements/apps.txt
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN /venv/bin/pip install --no-deps --no-build-isolation --no-index --editable . \
 && /venv/bin/python -m compileall -q src

FROM python:3.13.9-slim-bookworm@sha256:b685a4fa58bb19d1814d78a1ec0f0208f351452724f78b20212c984d6e124a34
RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin hive \
 && install --directory --owner=hive --group=hive /data
COPY --from=build /venv /venv
COPY --from=build /app/src /app/src
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HIVE_METRICS_ADDRESS=0.0.0.0 \
    HIVE_METRICS_PORT=9464 \
    HIVE_DRAIN_SECONDS=8
# without HIVE_DATABASE_URL the queue is a file here; mount a volume to keep it
WORKDIR /data
USER 10001:10001
# the last layer, because it differs with every build: ai_…_build_info tells it
ARG REVISION=
LABEL org.opencontainers.image.revision=$REVISION
ENV HIVE_REVISION=$REVISION
EXPOSE 9464
STOPSIGNAL SIGTERM
CMD ["python", "-m", "ai_planner", "run"]
