#!/bin/sh
# Runs a command of the help desk as the service runs: as its user, with its settings, secrets and master key.
# Install it as /usr/local/sbin/helpdesk; docs/operations.md says how, tests/test_installing.py compares it with the unit.
# A file that a command names without its folder is in /var/lib/helpdesk.

if [ -t 0 ] && [ -t 1 ]; then how=--pty; else how=--pipe; fi

exec systemd-run --quiet --wait --collect "$how" \
    --property=User=helpdesk --property=Group=helpdesk --property=UMask=0077 \
    --property=LoadCredential=helpdesk-master:/etc/helpdesk/master.key \
    --property=EnvironmentFile=-/etc/helpdesk/secrets.env \
    --property=StateDirectory=helpdesk --property=StateDirectoryMode=0700 \
    --property=WorkingDirectory=/var/lib/helpdesk \
    --setenv=HELPDESK_CONFIG=/etc/helpdesk/helpdesk.toml \
    /opt/helpdesk/bin/helpdesk "$@"
