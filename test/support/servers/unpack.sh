#!/bin/sh
# Downloads a Debian or Ubuntu package with all it needs and unpacks it into a folder of our own, touching nothing of
# the system and needing no root. May be interrupted and started again; the caller sees to it that it runs once.
#
# unpack.sh <folder> <own|sid> <package>…    Takes the first of the packages that is to be had. The result is
#                                            <folder>/root.
set -eu
folder=$1 suite=$2
shift 2
[ ! -d "$folder/root" ] || exit 0
mkdir -p "$folder/apt/lists/partial" "$folder/apt/archives/partial"
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
  if [ "$suite" = sid ]; then
    set -- -o "Dir::Etc::sourcelist=$folder/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null "$@"
  fi
  apt-get -q -c "$folder/apt/options" "$@"
}

set_options
if [ "$suite" = sid ]; then
  # The mirror is the one this machine uses itself.
  . /etc/os-release
  mirror=$(apt-get --no-release-info indextargets --format '$(RELEASE) $(REPO_URI)' |
    awk -v own="${VERSION_CODENAME:-stable}" '$1 == own && $2 ~ /debian\/?$/ { print $2; exit }')
  [ -n "$mirror" ] || { echo "this machine's apt names no Debian mirror" >&2; exit 1; }
  keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  signed=''
  [ ! -e "$keyring" ] || signed="[signed-by=$keyring]"
  echo "deb $signed $mirror sid main" >"$folder/apt/sources.list"
fi

echo 'reading the package lists'
apt_get update

for server in "$@" ''; do
  [ -n "$server" ] || { echo "none of these packages is to be had: $*" >&2; exit 1; }
  if apt_get install -s --no-install-recommends "$server" >/dev/null 2>&1; then break; fi
done

echo "downloading $server"
apt_get install -y --no-install-recommends --download-only "$server"

echo "unpacking $server"
rm -rf "$folder/root.part"
mkdir "$folder/root.part"
for package in "$folder"/apt/archives/*.deb; do dpkg -x "$package" "$folder/root.part"; done
rm -rf "$folder/root.part/usr/share/doc" "$folder/root.part/usr/share/man" "$folder/root.part/usr/share/locale"
mv "$folder/root.part" "$folder/root"
rm -rf "$folder/apt"
