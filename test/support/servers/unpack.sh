#!/bin/sh
# Downloads Debian or Ubuntu packages with all they need and unpacks them into a folder of our own, touching nothing of
# the system and needing no root. May be interrupted and started again; the caller sees to it that it runs once.
#
# unpack.sh <folder> <suite> <set>…    A suite is `own` (what this machine itself uses) or the name of a Debian release,
#                                      as bookworm or sid. A set is one argument: a package, or several with spaces
#                                      between. Takes the first set that is to be had whole. The result is <folder>/root.
set -eu
folder=$1 suite=$2
shift 2
[ ! -d "$folder/root" ] || exit 0
# What was downloaded from another suite must not get in between.
[ "$(cat "$folder/apt/suite" 2>/dev/null)" = "$suite" ] || rm -rf "$folder/apt"
mkdir -p "$folder/apt/lists/partial" "$folder/apt/archives/partial"
echo "$suite" >"$folder/apt/suite"
folder=$(cd "$folder" && pwd)

set_options() {
  cat >"$folder/apt/options" <<END
Dir::State::lists "$folder/apt/lists";
Dir::State::status "/dev/null";
Dir::Cache::archives "$folder/apt/archives";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Dir::Log "$folder/apt";
Debug::NoLocking "1";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "3";
END
}
apt_get() {
  if [ "$suite" != own ]; then
    set -- -o "Dir::Etc::sourcelist=$folder/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null "$@"
  fi
  apt-get -q -c "$folder/apt/options" "$@"
}

set_options
if [ "$suite" != own ]; then
  # The mirror is the one this machine uses itself.
  . /etc/os-release
  mirror=$(apt-get --no-release-info indextargets --format '$(RELEASE) $(REPO_URI)' |
    awk -v own="${VERSION_CODENAME:-stable}" '$1 == own && $2 ~ /debian\/?$/ { print $2; exit }')
  [ -n "$mirror" ] || { echo "this machine's apt names no Debian mirror" >&2; exit 1; }
  keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  signed=''
  [ ! -e "$keyring" ] || signed="[signed-by=$keyring]"
  echo "deb $signed $mirror $suite main" >"$folder/apt/sources.list"
fi

echo 'reading the package lists'
apt_get update

# $packages stands without quotes on purpose: a set is cut at its spaces.
for packages in "$@" ''; do
  [ -n "$packages" ] || { echo "none of these is to be had from $suite: $*" >&2; exit 1; }
  if apt_get install -s --no-install-recommends $packages >/dev/null 2>&1; then break; fi
done

echo "downloading $packages"
apt_get install -y --no-install-recommends --download-only $packages

echo "unpacking $packages"
rm -rf "$folder/root.part"
mkdir "$folder/root.part"
for package in "$folder"/apt/archives/*.deb; do dpkg -x "$package" "$folder/root.part"; done
rm -rf "$folder/root.part/usr/share/doc" "$folder/root.part/usr/share/man" "$folder/root.part/usr/share/locale"
mv "$folder/root.part" "$folder/root"
rm -rf "$folder/apt"
