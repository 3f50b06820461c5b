#!/bin/sh
# Creates Temporal's two databases where they are missing and brings their schemas to the version of this image. Runs at
# every start: what is there already is left alone.
# Reads SQL_PLUGIN, SQL_HOST, SQL_PORT, SQL_USER and SQL_PASSWORD, and SCHEMAS where the schemas are not in the image's place.
set -eu

schemas=${SCHEMAS:-/etc/temporal/schema/postgresql/v12}

set_up() {
  temporal-sql-tool --database "$1" create
  temporal-sql-tool --database "$1" setup-schema --version 0.0
  temporal-sql-tool --database "$1" update-schema --schema-dir "$schemas/$2/versioned"
}

set_up temporal temporal
set_up temporal_visibility visibility
