#!/bin/sh
# Checks a Sigstore bundle with openssl, jq and the tools of every Unix. It uses nothing of
# dutybound. Each step prints one line; the first that fails ends the program.
#
#   sh verify-openssl.sh BUNDLE KEY.pem LOG.pem ORIGIN [ARTIFACT]
#
# KEY.pem: public key of the signer (ECDSA P-256). LOG.pem: public key of the log (Ed25519).
# ORIGIN: the name of the log. All three must come from someone you trust, not from the bundle.
# TSA=tsa.pem sh verify-openssl.sh ... also asks for an RFC 3161 time stamp of that authority.
# Exit status: 0 holds, 1 does not hold, 2 called wrongly. Needs openssl 3.0 or newer and jq.
set -eu
[ $# -eq 4 ] || [ $# -eq 5 ] || { echo "usage: verify-openssl.sh BUNDLE KEY.pem LOG.pem ORIGIN [ARTIFACT]" >&2; exit 2; }
bundle=$1 key=$2 log=$3 origin=$4 artifact=${5:-}
for file in "$bundle" "$key" "$log" ${artifact:+"$artifact"}; do
    [ -r "$file" ] || { echo "cannot read $file" >&2; exit 2; }
done
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
fail() { echo "FAILED: $1" >&2; exit 1; }
get() { jq -er "$1" "$bundle" || fail "the bundle has no $1"; }
sha256() { openssl dgst -sha256 -binary; }

# 1. The signature, over the DSSE pre-authentication encoding of the statement.
[ "$(get '.dsseEnvelope.signatures | length')" = 1 ] || fail "not exactly one signature"
type=$(get .dsseEnvelope.payloadType)
get .dsseEnvelope.payload | base64 -d >"$tmp/payload"
get '.dsseEnvelope.signatures[0].sig' | base64 -d >"$tmp/sig"
size=$(wc -c <"$tmp/payload" | tr -d ' ')
{ printf 'DSSEv1 %s %s %s ' "${#type}" "$type" "$size"; cat "$tmp/payload"; } >"$tmp/pae"
openssl dgst -sha256 -verify "$key" -signature "$tmp/sig" "$tmp/pae" >/dev/null 2>&1 \
    || fail "signature of the statement"
echo "1 statement signed by $key"

# 2. The statement speaks of the artifact.
[ "$type" = application/vnd.in-toto+json ] || fail "not an in-toto statement"
if [ -n "$artifact" ]; then
    digest=$(openssl dgst -sha256 -r "$artifact" | cut -d ' ' -f 1)
    jq -e --arg d "$digest" 'any(.subject[]; .digest.sha256 == $d)' "$tmp/payload" >/dev/null \
        || fail "the statement does not speak of $artifact"
    echo "2 it speaks of $artifact, sha256:$digest"
else
    echo "2 not asked: no artifact given"
fi

# 3. The entry in the log states this signature over these bytes.
[ "$(get '.verificationMaterial.tlogEntries | length')" = 1 ] || fail "not exactly one log entry"
entry=.verificationMaterial.tlogEntries[0]
get "$entry.canonicalizedBody" | base64 -d >"$tmp/entry"
stated() { jq -er ".spec.hashedRekordV002.$1" "$tmp/entry" || fail "the entry has no $1"; }
[ "$(stated data.digest)" = "$(sha256 <"$tmp/pae" | base64)" ] || fail "digest in the entry"
[ "$(stated signature.content)" = "$(base64 <"$tmp/sig" | tr -d '\n')" ] || fail "signature in the entry"
echo "3 the entry states this statement and this signature"

# 4. The log signed the checkpoint: three lines, a blank line, signatures.
get "$entry.inclusionProof.checkpoint.envelope" | sed '/^$/q' | sed '$d' >"$tmp/text"
[ "$(wc -l <"$tmp/text" | tr -d ' ')" = 3 ] || fail "the checkpoint has not three lines"
[ "$(sed -n 1p "$tmp/text")" = "$origin" ] || fail "the checkpoint is of another log"
signed=no
for line in $(get "$entry.inclusionProof.checkpoint.envelope" | sed '1,/^$/d' \
    | awk -v name="$origin" 'NF == 3 && $1 == "—" && $2 == name { print $3 }'); do
    printf '%s' "$line" | base64 -d | tail -c +5 >"$tmp/logsig" # the first 4 bytes name the key
    if openssl pkeyutl -verify -pubin -inkey "$log" -rawin -in "$tmp/text" -sigfile "$tmp/logsig" >/dev/null 2>&1
    then signed=yes; fi
done
[ $signed = yes ] || fail "signature of the checkpoint"
echo "4 checkpoint signed by the log: $(sed -n 2p "$tmp/text") entries, root $(sed -n 3p "$tmp/text")"

# 5. From the entry up to the root of the checkpoint (RFC 9162, 2.1.3.2).
index=$(get "$entry.inclusionProof.logIndex") last=$(($(sed -n 2p "$tmp/text") - 1))
at=$index
case $at in '' | *[!0-9]*) fail "index of the entry" ;; esac
[ "$at" -le "$last" ] || fail "index of the entry"
{ printf '\000'; cat "$tmp/entry"; } | sha256 >"$tmp/hash"
jq -r "$entry.inclusionProof.hashes // [] | .[]" "$bundle" >"$tmp/path"
while read -r line; do
    printf '%s' "$line" | base64 -d >"$tmp/other"
    [ "$last" -gt 0 ] && [ "$(wc -c <"$tmp/other" | tr -d ' ')" = 32 ] || fail "inclusion proof"
    if [ $((at % 2)) = 1 ] || [ "$at" = "$last" ]; then
        { printf '\001'; cat "$tmp/other" "$tmp/hash"; } | sha256 >"$tmp/next"
        while [ $((at % 2)) = 0 ] && [ "$at" != 0 ]; do at=$((at / 2)) last=$((last / 2)); done
    else
        { printf '\001'; cat "$tmp/hash" "$tmp/other"; } | sha256 >"$tmp/next"
    fi
    at=$((at / 2)) last=$((last / 2))
    mv "$tmp/next" "$tmp/hash"
done <"$tmp/path"
[ "$last" = 0 ] && [ "$(base64 <"$tmp/hash")" = "$(sed -n 3p "$tmp/text")" ] || fail "inclusion proof"
echo "5 entry $index is in the log"

# 6. The time, if an authority was named.
if [ -n "${TSA:-}" ]; then
    get .verificationMaterial.timestampVerificationData.rfc3161Timestamps[0].signedTimestamp \
        | base64 -d >"$tmp/time"
    openssl ts -verify -data "$tmp/sig" -in "$tmp/time" -CAfile "$TSA" >/dev/null 2>&1 || fail "time stamp"
    echo "6 signature seen by $TSA at $(openssl ts -reply -in "$tmp/time" -text 2>/dev/null | sed -n 's/^Time stamp: //p')"
else
    echo "6 not asked: no time-stamp authority given, so the time is only claimed"
fi
echo OK
