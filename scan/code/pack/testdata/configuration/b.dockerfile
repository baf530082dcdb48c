FROM debian:13.1
USER app
RUN make
# ruleid: dockerfile-root
USER root
CMD ["run"]
