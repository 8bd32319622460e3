#!/bin/sh
# Starts Chromium with a limit on the memory that each of its processes may hold: 2 GB of data, no core files.
ulimit -c 0
ulimit -d 2097152
exec "$DATELINE_CHROMIUM" "$@"
