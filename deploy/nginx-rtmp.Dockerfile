# nginx with its RTMP module, both from Debian.
FROM debian:bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends nginx libnginx-mod-rtmp && rm -rf /var/lib/apt/lists/*
COPY nginx-rtmp.conf /etc/nginx/nginx-rtmp.conf
CMD ["sh", "-c", "sed -e s/COUNCIL/council:8000/ -e s/SECRET/$MEDIA_HOOK_SECRET/ -e s/LISTEN/1935/ /etc/nginx/nginx-rtmp.conf > /tmp/nginx.conf && exec nginx -c /tmp/nginx.conf -g 'daemon off;'"]
