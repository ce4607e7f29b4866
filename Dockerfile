# Two images from one file:
#   docker build --target gateway -t carecircle-gateway .   the box in the home: no database driver, no web framework
#   docker build --target server  -t carecircle-server  .   every service of the platform, and the simulator
# Behind a package mirror: --build-arg PIP_INDEX_URL=...

ARG PYTHON_IMAGE=python:3.12.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
ARG PIP_INDEX_URL
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_COMPILE=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /source
COPY requirements/gateway.txt requirements/server.txt requirements/
# Dependencies first and by themselves: a changed line of ours does not fetch them again.
RUN --mount=type=cache,target=/root/.cache/pip \
    python -m venv /opt/gateway \
    && /opt/gateway/bin/pip install --no-deps --require-hashes -r requirements/gateway.txt
RUN --mount=type=cache,target=/root/.cache/pip \
    python -m venv /opt/server \
    && /opt/server/bin/pip install --no-deps --require-hashes -r requirements/server.txt
COPY . .
# hatchling, which gateway.txt pins, builds the wheel; no environment needs it to run.
RUN /opt/gateway/bin/python -m hatchling build -t wheel \
    && for environment in gateway server; do \
         /opt/$environment/bin/pip install --no-deps --no-index dist/*.whl \
         && /opt/$environment/bin/pip uninstall --yes hatchling trove-classifiers pathspec pluggy packaging \
         && /opt/$environment/bin/pip check \
         && /opt/$environment/bin/python -m compileall -q /opt/$environment/lib \
         && /opt/$environment/bin/pip uninstall --yes pip || exit 1; \
       done

FROM ${PYTHON_IMAGE} AS base
# No login, no home folder, a fixed number that the secrets' files are given to.
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin carecircle \
    && install -d -o carecircle -g carecircle -m 0700 /var/lib/carecircle
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 CARECIRCLE_LOG_FORMAT=json
WORKDIR /var/lib/carecircle
USER 10001:10001
ENTRYPOINT ["carecircle"]
CMD ["--help"]

FROM base AS gateway
COPY --from=build /opt/gateway /opt/gateway
ENV PATH=/opt/gateway/bin:$PATH CARECIRCLE_GATEWAY_OUTBOX=/var/lib/carecircle/outbox.sqlite
VOLUME /var/lib/carecircle
CMD ["gateway"]

FROM base AS server
USER root
# init-secrets makes certificates with it. (The base image has it for its own use, which is no promise.)
RUN apt-get update && apt-get install --yes --no-install-recommends openssl && rm -rf /var/lib/apt/lists/*
USER 10001:10001
COPY --from=build /opt/server /opt/server
ENV PATH=/opt/server/bin:$PATH
