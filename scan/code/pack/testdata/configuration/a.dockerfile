# ruleid: dockerfile-moving-image
FROM debian AS build
# ruleid: dockerfile-moving-image
FROM node:latest
# ok: dockerfile-moving-image
FROM build
# ok: dockerfile-moving-image
FROM golang:1.26 AS other
# ok: dockerfile-moving-image
FROM scratch
# ok: dockerfile-root
USER root
# ruleid: dockerfile-download-run
RUN curl -fsSL https://example.com/install | sh
# ruleid: dockerfile-tls-off
RUN curl -sk https://example.com/a -o /a
# ok: dockerfile-tls-off
RUN curl -s https://example.com/a -o /k
# ok: dockerfile-download-run
RUN curl -fsSL https://example.com/list | sort
# ruleid: dockerfile-rights-all
RUN mkdir /data && chmod -R 777 /data
# ok: dockerfile-rights-all
RUN chmod 755 /data
# ruleid: dockerfile-add-address
ADD https://example.com/a.tgz /a
# ok: dockerfile-add-address
ADD --checksum=sha256:0123 https://example.com/a.tgz /a
# ok: dockerfile-root
USER app
# ok: dockerfile-no-user
CMD ["run"]
