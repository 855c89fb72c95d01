#!/bin/bash
# A bare machine: Debian as this machine has it, with systemd as process 1, its own files (an
# overlay in memory), processes and network. What it writes is gone with it.
#
#   machine.sh NAME DIRECTORY PROJECT
#
# As root. DIRECTORY is empty and becomes its place; PROJECT lies in /opt/rmh there.
# Ends when process 1 of the machine does; the caller kills this process to end the machine.
set -euo pipefail

name=$1
place=$2
project=$3
groups=$(awk '$3 ~ /^cgroup2?$/ { print $2, $3, $4 }' /proc/mounts)

# A group of its own in every hierarchy, which the machine then takes for the root of them.
enter_groups() {
  while read -r at _; do
    mkdir -p "$at/$name"
    # Before cgroup v2, a group has no processors and no memory until somebody gives it some.
    for what in cpuset.cpus cpuset.mems; do
      if [ -e "$at/$what" ] && [ ! -e "$at/cgroup.controllers" ]; then
        cat "$at/$what" > "$at/$name/$what"
      fi
    done
    echo $$ > "$at/$name/cgroup.procs"
  done <<< "$groups"
}

mount_groups() {
  while read -r at type options; do
    if [ "$at" != /sys/fs/cgroup ] && ! mountpoint -q "$root/sys/fs/cgroup"; then
      mount -t tmpfs -o mode=755 tmpfs "$root/sys/fs/cgroup"
    fi
    # What is left without the flags of this mount names the controllers.
    own=$(tr , '\n' <<< "$options" | { grep -vE '^(r[wo]|relatime|no[a-z]+)$' || true; })
    mkdir -p "$root$at"
    mount -t "$type" ${own:+-o "$(paste -sd, <<< "$own")"} "$type" "$root$at"
  done <<< "$groups"
}

make_devices() {
  mount -t tmpfs -o mode=755 tmpfs "$root/dev"
  mkdir "$root/dev/pts" "$root/dev/shm" "$root/dev/net"
  for device in null zero full random urandom tty; do cp -a "/dev/$device" "$root/dev/"; done
  mknod -m 666 "$root/dev/net/tun" c 10 200
  mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
  mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
  ln -s pts/ptmx "$root/dev/ptmx"
  ln -s /proc/self/fd "$root/dev/fd"
}

# overlay WHAT WHERE: what is written there lies in memory.
overlay() {
  layers=$(mktemp -d "$place/layers-XXXX")
  mkdir -p "$layers/upper" "$layers/work" "$2"
  mount -t overlay -o "lowerdir=$1,upperdir=$layers/upper,workdir=$layers/work" overlay "$2"
}

boot() {
  root=$place/root
  hostname "$name"
  mount --make-rprivate /
  mount -t tmpfs -o mode=755 tmpfs "$place"
  overlay / "$root"
  overlay "$project" "$root/opt/rmh"
  mount -t proc proc "$root/proc"
  # Read only but for the groups: the machine has no devices of its own to set up.
  mount -t sysfs -o ro sysfs "$root/sys"
  mount -t tmpfs -o mode=755 tmpfs "$root/run"
  mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
  make_devices
  mount_groups
  # Nothing that was enabled here runs there; what its steps enable does.
  rm -rf "$root"/etc/systemd/system/*.wants
  : > "$root/etc/machine-id"
  echo "$name" > "$root/etc/hostname"
  cd "$root"
  mkdir -p before
  pivot_root . before
  umount -l /before
  exec env -i container=rmh PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    /lib/systemd/systemd --log-target=null --show-status=false systemd.unit=basic.target
}

if [ "${4:-}" = boot ]; then
  boot
fi
enter_groups
exec unshare --pid --fork --kill-child --mount --net --uts --ipc --cgroup -- \
  bash "$0" "$name" "$place" "$project" boot
