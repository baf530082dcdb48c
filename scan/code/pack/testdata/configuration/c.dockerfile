FROM debian:13.1
RUN make
# ruleid: dockerfile-no-user
ENTRYPOINT ["run"]
