#!/bin/sh
# Make an authority and certificates by it for deploy/nats.conf; OpenSSL 3 does the work:
#   deploy/make_certificates.sh FOLDER DNS:nats.example.org,IP:10.0.0.5
# The second word says where clients find the nats-server. What is there already stays: to renew
# a certificate, remove it and its key and run this again. Keep ca.key off the computer.
set -eu
umask 077
mkdir -p "$1"
cd "$1"
new="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc"

# shellcheck disable=SC2086  # the options are words
[ -e ca.key ] || openssl req -x509 $new -subj "/CN=piiri authority" -days 3650 \
  -keyout ca.key -out ca.pem

for name in server worker web operator partner sys; do
  [ ! -e "$name.pem" ] || continue
  where=
  [ "$name" != server ] || where="-addext subjectAltName=$2"
  # shellcheck disable=SC2086
  openssl req -new $new -subj "/CN=$name" -addext basicConstraints=critical,CA:FALSE $where \
    -keyout "$name.key" -out "$name.csr"
  openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key -days 398 \
    -copy_extensions copy -out "$name.pem"
  rm "$name.csr"
done
