#!/usr/bin/env python3
"""Pack one layer of the guest's file system from a manifest, as an uncompressed cpio archive ("newc").

    pack.py OUT.cpio MANIFEST... [--root DIR]... [--kernel-release RELEASE] [--define NAME=VALUE]...

The kernel unpacks several archives one after another, so a guest is made by concatenating layers; a later one wins.
Nothing needs root: device nodes, owners and links are entries of the archive and never exist on this machine.

Paths are looked up in the --root directories (unpacked Debian packages) in order, and then on this machine.
A manifest has one entry a line; ${NAME} is replaced by its definition, # starts a comment:

    program PATH [GUEST-PATH]     an executable and all shared libraries that it needs
    file    PATH [GUEST-PATH]     one file, as it is
    tree    PATH [GUEST-PATH]     a directory with all it holds; libraries of programs in it come along
    text    GUEST-PATH WORDS...   a file of one line
    link    GUEST-PATH TARGET     a symbolic link
    dir     GUEST-PATH [MODE]     an empty directory
    node    GUEST-PATH MAJOR MINOR  a character device, mode 600
    modules NAME...               kernel modules, all modules that they need, and depmod's index
"""
import argparse
import os
import re
import stat
import string
import subprocess
import sys
import tempfile

LIBRARY_DIRECTORIES = ["/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu/systemd",
                       "/lib/x86_64-linux-gnu/systemd", "/usr/lib/systemd", "/lib/systemd", "/usr/local/lib",
                       "/usr/lib", "/lib", "/usr/lib64", "/lib64"]
GUEST_LIBRARIES = "/usr/lib/x86_64-linux-gnu"
MERGED = re.compile(r"^/(bin|sbin|lib|lib64)(?=/)")


class PackError(Exception):
    pass


class Layer:
    """What one archive will hold: guest path -> (mode, contents). Contents are bytes or the path of a file here."""

    def __init__(self, roots, release):
        self.roots = roots
        self.release = release
        self.entries = {}
        self.linked = set()

    # Looking things up

    def find(self, path):
        """The real file behind `path`, or None. Absolute links inside a root stay inside it."""
        for root in self.roots + ["/"]:
            for variant in (path, MERGED.sub(r"/usr/\1", path), re.sub(r"^/usr/(?=(bin|sbin|lib|lib64)/)", "/", path)):
                candidate = os.path.join(root, variant.lstrip("/"))
                if os.path.islink(candidate) and os.readlink(candidate).startswith("/"):
                    target = self.find(os.readlink(candidate))
                    if target:
                        return target
                if os.path.exists(candidate):
                    return os.path.realpath(candidate)
        return None

    def need(self, path):
        found = self.find(path)
        if not found:
            raise PackError(f"{path} is neither in the unpacked packages nor on this machine")
        return found

    # Adding things

    def put(self, guest, mode, contents):
        """Adds one entry under its path in a merged /usr, together with its parent directories."""
        guest = MERGED.sub(r"/usr/\1", os.path.normpath(guest))
        parent = os.path.dirname(guest)
        if parent != "/" and parent not in self.entries:
            self.put(parent, stat.S_IFDIR | 0o755, b"")
        if stat.S_ISDIR(mode) and guest in self.entries:
            return
        self.entries[guest] = (mode, contents)

    def file(self, path, guest):
        source = self.need(path)
        self.put(guest, stat.S_IFREG | stat.S_IMODE(os.stat(source).st_mode), source)
        return source

    def program(self, path, guest):
        self.libraries(self.file(path, guest))

    def libraries(self, elf):
        """Adds every shared library that `elf` needs, and theirs."""
        if elf in self.linked:
            return
        self.linked.add(elf)
        dynamic = subprocess.run(["readelf", "-dlW", elf], check=True, capture_output=True, text=True).stdout
        for interpreter in re.findall(r"program interpreter: (\S+)\]", dynamic):
            self.put(interpreter, stat.S_IFREG | 0o755, self.need(interpreter))
        origin = os.path.dirname(elf)
        runpath = [entry.replace("$ORIGIN", origin).replace("${ORIGIN}", origin)
                   for paths in re.findall(r"\((?:RUNPATH|RPATH)\).*\[(.*)\]", dynamic) for entry in paths.split(":")]
        for name in re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic):
            for directory in runpath + LIBRARY_DIRECTORIES:
                library = self.find(os.path.join(directory, name))
                if library:
                    self.put(f"{GUEST_LIBRARIES}/{name}", stat.S_IFREG | 0o755, library)
                    self.libraries(library)
                    break
            else:
                raise PackError(f"{elf} needs {name}, which is neither in the unpacked packages nor on this machine")

    def tree(self, path, guest):
        top = self.need(path)
        for directory, subdirectories, files in os.walk(top):
            inside = os.path.join(guest, os.path.relpath(directory, top))
            self.put(inside, stat.S_IFDIR | 0o755, b"")
            for name in files + [d for d in subdirectories if os.path.islink(os.path.join(directory, d))]:
                source = os.path.join(directory, name)
                if os.path.islink(source):
                    self.put(os.path.join(inside, name), stat.S_IFLNK | 0o777, os.readlink(source).encode())
                    continue
                self.put(os.path.join(inside, name), stat.S_IFREG | stat.S_IMODE(os.stat(source).st_mode), source)
                with open(source, "rb") as opened:
                    if opened.read(4) == b"\x7fELF":
                        self.libraries(source)

    def modules(self, names):
        """Adds kernel modules with all that they depend on, and an index made by depmod over exactly these."""
        base = self.need(f"/lib/modules/{self.release}")
        available = {plain(name): os.path.join(directory, name)
                     for directory, _, files in os.walk(base) for name in files if name.endswith(".ko")}
        with open(os.path.join(base, "modules.builtin")) as lines:
            builtin = {plain(os.path.basename(line.strip())) for line in lines}
        wanted, todo = {}, [plain(name) for name in names]
        while todo:
            name = todo.pop()
            if name in wanted or name in builtin:
                continue
            if name not in available:
                raise PackError(f"kernel {self.release} has no module {name}")
            wanted[name] = available[name]
            with open(available[name], "rb") as module:
                depends = re.search(rb"\0depends=([^\0]*)\0", module.read())
            todo += [plain(d) for d in depends.group(1).decode().split(",") if d] if depends else []

        with tempfile.TemporaryDirectory() as scratch:
            inside = os.path.join(scratch, "lib/modules", self.release)
            for source in wanted.values():
                copy = os.path.join(inside, os.path.relpath(source, base))
                os.makedirs(os.path.dirname(copy), exist_ok=True)
                os.symlink(source, copy)
                self.put(f"/lib/modules/{self.release}/{os.path.relpath(source, base)}", stat.S_IFREG | 0o644, source)
            for name in ("modules.order", "modules.builtin", "modules.builtin.modinfo"):
                os.symlink(os.path.join(base, name), os.path.join(inside, name))
            libraries = ":".join(root + "/lib/x86_64-linux-gnu:" + root + "/usr/lib/x86_64-linux-gnu" for root in self.roots)
            subprocess.run(["depmod", "-b", scratch, self.release], executable=self.need("/bin/kmod"), check=True,
                           env={**os.environ, "LD_LIBRARY_PATH": libraries})
            for name in os.listdir(inside):
                path = os.path.join(inside, name)
                if name.startswith("modules.") and os.path.isfile(path):
                    with open(path, "rb") as index:
                        self.put(f"/lib/modules/{self.release}/{name}", stat.S_IFREG | 0o644, index.read())

    # Reading a manifest, writing an archive

    def read(self, manifest, definitions):
        with open(manifest) as lines:
            for number, line in enumerate(lines, 1):
                words = string.Template(line.split("#")[0]).substitute(definitions).split()
                if words:
                    try:
                        self.add(*words)
                    except (PackError, TypeError) as problem:
                        raise PackError(f"{manifest}:{number}: {line.strip()}: {problem}") from problem

    def add(self, kind, path, *rest):
        guest = rest[0] if rest else path
        match kind:
            case "program": self.program(path, guest)
            case "file": self.file(path, guest)
            case "tree": self.tree(path, guest)
            case "text": self.put(path, stat.S_IFREG | 0o644, (" ".join(rest) + "\n").encode())
            case "link": self.put(path, stat.S_IFLNK | 0o777, rest[0].encode())
            case "dir": self.put(path, stat.S_IFDIR | int(rest[0] if rest else "755", 8), b"")
            case "node": self.put(path, stat.S_IFCHR | 0o600, (int(rest[0]), int(rest[1])))
            case "modules": self.modules([path, *rest])
            case _: raise PackError(f"unknown kind of entry: {kind}")

    def write(self, path):
        """Writes the archive: each entry is a header of 13 hexadecimal fields, the name, the contents, all on 4 bytes."""
        with open(path, "wb") as archive:
            def padded(data, multiple=4):
                archive.write(data + b"\0" * (-(archive.tell() + len(data)) % multiple))

            def entry(inode, name, mode, contents=b"", device=(0, 0)):
                fields = (inode, mode, 0, 0, 1, 0, len(contents), 0, 0, *device, len(name) + 1, 0)
                padded(b"070701" + b"".join(b"%08x" % field for field in fields) + name + b"\0")
                padded(contents)

            for inode, guest in enumerate(sorted(self.entries), 1):
                mode, contents = self.entries[guest]
                device = contents if isinstance(contents, tuple) else (0, 0)
                if isinstance(contents, str):
                    with open(contents, "rb") as source:
                        contents = source.read()
                entry(inode, guest.lstrip("/").encode(), mode, b"" if isinstance(contents, tuple) else contents, device)
            entry(0, b"TRAILER!!!", 0)
            padded(b"", 512)


def plain(module):
    """A module's name as the kernel writes it: no directory, no .ko, underscores."""
    return module.removesuffix(".ko").replace("-", "_")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("archive")
    arguments.add_argument("manifests", nargs="+")
    arguments.add_argument("--root", action="append", default=[])
    arguments.add_argument("--kernel-release", default="")
    arguments.add_argument("--define", action="append", default=[])
    chosen = arguments.parse_args()
    layer = Layer([os.path.abspath(root) for root in chosen.root], chosen.kernel_release)
    try:
        for manifest in chosen.manifests:
            layer.read(manifest, dict(define.split("=", 1) for define in chosen.define))
    except PackError as problem:
        sys.exit(f"pack.py: {problem}")
    layer.write(chosen.archive)


if __name__ == "__main__":
    main()
