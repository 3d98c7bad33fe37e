import Devices
import Foundation

/// Looks at the system for what keeps keyboards and sound away, and knows the cure.
struct Doctor {
    struct Finding: Encodable, Equatable {
        enum Kind: String, Encodable {
            case good
            /// It works, but not as well as it could.
            case weak
            case broken
        }

        var kind: Kind
        var what: String
        /// What to do; empty where nothing is to be done.
        var cure: String = ""
    }

    /// In front of `/proc`, `/sys`, `/dev`, `/etc` and `/usr`; empty on a real system.
    var root = ""
    var profileFolders: [String] = []
    /// The highest real-time priority that is allowed; nil where it is not known.
    var realTimePriority: UInt64?
    /// Who asks; nil leaves out what depends on that.
    var person: Person?
    /// Whether a path may be read and written.
    var mayOpen: (String) -> Bool = { access($0, R_OK | W_OK) == 0 }

    var findings: [Finding] {
        [sequencer] + rawPorts + busyPorts + profiles + synthesizer + clocks + pipeWire
            + [priority, udevRule].compactMap { $0 }
    }

    private var sequencer: Finding {
        let path = "\(root)/dev/snd/seq"
        guard FileManager.default.fileExists(atPath: path) else {
            return Finding(
                kind: .broken, what: "/dev/snd/seq is not there: the kernel's sequencer is not loaded",
                cure: "sudo modprobe snd_seq")
        }
        guard mayOpen(path) else { return refused(path) }
        return Finding(kind: .good, what: "the sequencer is there and may be used")
    }

    /// Cards whose raw MIDI ports have no sequencer client: the kernel makes them with `snd_seq_midi` (or UMP) only.
    private var rawPorts: [Finding] {
        let folder = "\(root)/proc/asound"
        let cards = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .filter { $0.hasPrefix("card") && Int($0.dropFirst(4)) != nil }.sorted()
        let raw = cards.flatMap { card -> [(card: String, name: String)] in
            let files = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(card)")) ?? []
            return files.filter { $0.hasPrefix("midi") && Int($0.dropFirst(4)) != nil }.sorted().map { file in
                let text = (try? String(contentsOfFile: "\(folder)/\(card)/\(file)", encoding: .utf8)) ?? ""
                return (card, text.split(separator: "\n").first.map(String.init) ?? card)
            }
        }
        guard !raw.isEmpty else {
            return [Finding(kind: .weak, what: "no MIDI device is plugged in", cure: "plug your keyboard in")]
        }
        let clients = (try? String(contentsOfFile: "\(folder)/seq/clients", encoding: .utf8)) ?? ""
        // `Client  20 : "LPK25" [Kernel Legacy]`
        let names = clients.split(separator: "\n").filter { $0.hasPrefix("Client ") && $0.contains("[Kernel") }
            .compactMap { $0.split(separator: "\"").dropFirst().first.map(String.init) }
        let heard = Doctor.heard(raw, among: names)
        return raw.map { port in
            guard heard.contains(port.card) else {
                return Finding(
                    kind: .broken,
                    what: "\(port.name) (\(port.card)) has a raw MIDI port and no sequencer client, so nobody hears it",
                    cure: "sudo modprobe snd_seq_midi")
            }
            return Finding(kind: .good, what: "\(port.name) can be heard")
        }
    }

    /// The cards that have a client of their own: one of the very name of a port first, then one that a port's name begins with (a
    /// port of several carries a number behind it). A client is one card's alone, so that of two equal keyboards each needs its own.
    private static func heard(_ raw: [(card: String, name: String)], among names: [String]) -> Set<String> {
        var left = names.filter { !$0.isEmpty }
        var heard: Set<String> = []
        let fits: [(String, String) -> Bool] = [
            { $0 == $1 }, { port, client in port.hasPrefix(client + " ") || client.hasPrefix(port + " ") },
        ]
        for fits in fits {
            for port in raw where !heard.contains(port.card) {
                guard let index = left.firstIndex(where: { fits(port.name, $0) }) else { continue }
                left.remove(at: index)
                heard.insert(port.card)
            }
        }
        return heard
    }

    private var profiles: [Finding] {
        let library = ProfileLibrary(folders: profileFolders)
        guard !library.errors.isEmpty else {
            return [Finding(kind: .good, what: "\(counted(library.profiles.count, "profile")) without an error")]
        }
        return library.errors.map {
            Finding(kind: .broken, what: "\($0)", cure: "mend the line; profiles/README.md describes the format")
        }
    }

    /// What the synthesizer of our own needs; it is wanted only where there is no other, so nothing of it is broken.
    private var synthesizer: [Finding] {
        func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: root + path) }
        let devices = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/dev/snd")) ?? []
        var missing: [Finding] = []
        if !devices.contains(where: { $0.hasPrefix("pcmC") && $0.hasSuffix("p") }) {
            missing.append(
                Finding(
                    kind: .weak, what: "no sound hardware is there, so the band sounds on MIDI devices only",
                    cure: "plug in a sound card, or a keyboard or synthesizer that sounds"))
        }
        if !isThere("/usr/bin/fluidsynth") {
            missing.append(
                Finding(
                    kind: .weak, what: "fluidsynth is not installed, so nothing sounds without a synthesizer of yours",
                    cure: "sudo apt-get install fluidsynth"))
        }
        if !isThere("/usr/share/sounds/sf2/default-GM.sf2") {
            missing.append(
                Finding(
                    kind: .weak, what: "no sound font is installed, so fluidsynth cannot sound",
                    cure: "sudo apt-get install fluid-soundfont-gm (120 MB), or timgm6mb-soundfont (5 MB)"))
        }
        let folders = ["/usr/lib", "/lib", "/etc", "/usr/local/lib"].flatMap {
            ["\($0)/systemd/system", "\($0)/systemd/user"]
        }
        if !folders.contains(where: { isThere("\($0)/continuo-synth.socket") }) {
            missing.append(
                Finding(
                    kind: .weak, what: "the units of the synthesizer (continuo-synth) are not installed",
                    cure: "install them from systemd/, as docs/install.md says"))
        }
        return missing.isEmpty
            ? [Finding(kind: .good, what: "a synthesizer can be started where none is there")] : missing
    }

    private var priority: Finding? {
        guard let realTimePriority else { return nil }
        guard realTimePriority == 0 else {
            return Finding(kind: .good, what: "real-time priorities up to \(realTimePriority) are allowed")
        }
        return Finding(
            kind: .weak, what: "real-time priorities are not allowed, so a busy machine may delay notes",
            cure: "echo '@audio - rtprio 60' | sudo tee /etc/security/limits.d/continuo.conf, then log out and in again"
        )
    }

    private var udevRule: Finding {
        let folders = [
            "/etc/udev/rules.d", "/usr/lib/udev/rules.d", "/lib/udev/rules.d", "/usr/local/lib/udev/rules.d",
        ]
        let isThere = folders.contains { folder in
            ((try? FileManager.default.contentsOfDirectory(atPath: root + folder)) ?? []).contains {
                $0.contains("continuo") && $0.hasSuffix(".rules")
            }
        }
        return isThere
            ? Finding(kind: .good, what: "the udev rule is installed")
            : Finding(
                kind: .weak, what: "the udev rule is not installed: plugging a keyboard in does not start the daemon",
                cure: "make install, or start continuod yourself")
    }
}
