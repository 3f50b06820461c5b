#!/bin/sh
# Creates the namespace where it is missing, and sets how long it keeps finished tasks. Runs at every start.
# Reads TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and RETENTION, such as 48h.
set -u

bring_about() {
  if temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
    temporal operator namespace update --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
  else
    temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$RETENTION"
  fi
}

# A server that has just started is not ready for everything, and learns of a new namespace within ten seconds.
attempts=30
until bring_about; do
  attempts=$((attempts - 1))
  if [ "$attempts" -eq 0 ]; then
    echo "the namespace could not be set up at $TEMPORAL_ADDRESS" >&2
    exit 1
  fi
  sleep 2
done
