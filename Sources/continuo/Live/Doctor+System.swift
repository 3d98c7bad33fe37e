import Foundation

/// What stands in the way though everything is plugged in: permissions, other programs, timers, processors.
extension Doctor {
    /// Who asks.
    struct Person {
        var name: String
        /// The group numbers of this session, which may be fewer than `/etc/group` says by now.
        var groups: Set<Int>

        static var present: Person {
            var groups = [gid_t](repeating: 0, count: 256)
            let count = max(0, Int(getgroups(Int32(groups.count), &groups)))
            return Person(
                name: NSUserName(), groups: Set(groups.prefix(count).map { Int($0) } + [Int(getegid())]))
        }
    }

    /// Why `/dev/snd/seq` may not be opened.
    func refused(_ path: String) -> Finding {
        let what = "/dev/snd/seq may not be opened"
        var found = stat()
        guard let person, stat(path, &found) == 0 else {
            return Finding(kind: .broken, what: what, cure: Self.joinAudio)
        }
        // `audio:x:29:anna,ben`
        let groups = lines("/etc/group").map { $0.split(separator: ":", omittingEmptySubsequences: false) }
            .filter { $0.count == 4 }
        let owner = groups.first { Int($0[2]) == Int(found.st_gid) }
        guard owner?[0] == "audio" else {
            return Finding(
                kind: .broken,
                what:
                    "\(what): it belongs to the group \(owner.map { String($0[0]) } ?? "\(found.st_gid)"), not to audio",
                cure: "sudo udevadm control --reload && sudo udevadm trigger --subsystem-match=sound")
        }
        let isMember = owner?[3].split(separator: ",").contains { $0 == person.name } == true
        guard isMember, !person.groups.contains(Int(found.st_gid)) else {
            return Finding(
                kind: .broken, what: "\(what): you are not in the group audio", cure: Self.joinAudio)
        }
        return Finding(
            kind: .broken, what: "\(what): you are in the group audio, but this session began before that",
            cure: "log out and in again; a service: restart it")
    }

    private static let joinAudio = "sudo usermod -aG audio $USER, then log out and in again"

    /// Raw MIDI ports that another program has opened for itself: the sequencer gets nothing from them then.
    var busyPorts: [Finding] {
        let processes = names(in: "/proc").filter { Int($0) != nil }
        return processes.flatMap { process -> [Finding] in
            let held = Set(
                names(in: "/proc/\(process)/fd").compactMap { descriptor in
                    try? FileManager.default.destinationOfSymbolicLink(
                        atPath: "\(root)/proc/\(process)/fd/\(descriptor)")
                }.filter { $0.hasPrefix("/dev/snd/midiC") }
            ).sorted()
            let program = lines("/proc/\(process)/comm").first.map(String.init) ?? "a program"
            return held.map { port in
                Finding(
                    kind: .broken,
                    what:
                        "\(port) is busy: \(program) (process \(process)) has it for itself, so the sequencer does not hear it",
                    cure: "end \(program), or let it use the ALSA sequencer instead of the raw port")
            }
        }
    }

    /// The timer that the kernel's queue runs on, and what the processor is told about its speed.
    var clocks: [Finding] {
        var findings: [Finding] = []
        // `G3: HR timer : 0.001us (1000000000 ticks)`
        let timers = lines("/proc/asound/timers")
        if !timers.isEmpty, !timers.contains(where: { $0.contains("HR timer") }) {
            findings.append(
                Finding(
                    kind: .weak,
                    what:
                        "the sequencer has no high-resolution timer, so the band's timing is as coarse as the kernel's clock",
                    cure:
                        "sudo modprobe snd-hrtimer; to keep it: echo snd-hrtimer | sudo tee /etc/modules-load.d/continuo.conf"
                ))
        }
        let processors = names(in: "/sys/devices/system/cpu").filter {
            $0.hasPrefix("cpu") && Int($0.dropFirst(3)) != nil
        }
        let slow = processors.filter { processor in
            let folder = "/sys/devices/system/cpu/\(processor)/cpufreq"
            guard lines("\(folder)/scaling_governor").first == "powersave" else { return false }
            // These choose the frequency themselves under that name.
            return !["intel_pstate", "amd-pstate-epp"].contains(lines("\(folder)/scaling_driver").first ?? "")
        }
        if !slow.isEmpty {
            findings.append(
                Finding(
                    kind: .weak,
                    what:
                        "\(slow.count == 1 ? "a processor stays" : "\(slow.count) processors stay") at the lowest clock frequency (governor powersave), so bands take long to make",
                    cure: "echo schedutil | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor"))
        }
        let source = lines("/sys/devices/system/clocksource/clocksource0/current_clocksource").first
        if source == "jiffies" || source == "refined-jiffies" {
            findings.append(
                Finding(
                    kind: .weak, what: "the kernel's clock is \(source ?? ""), which steps in milliseconds",
                    cure: "choose a finer one of /sys/devices/system/clocksource/clocksource0/available_clocksource"))
        }
        return findings
    }

    /// PipeWire without its bridge to the sequencer: its programs neither hear the band nor play to it.
    var pipeWire: [Finding] {
        let runs = names(in: "/proc").contains { process in
            Int(process) != nil && lines("/proc/\(process)/comm").first == "pipewire"
        }
        guard runs, !lines("/proc/asound/seq/clients").contains(where: { $0.contains("\"PipeWire") }) else { return [] }
        return [
            Finding(
                kind: .weak,
                what:
                    "PipeWire runs without its bridge to the sequencer, so programs of PipeWire and JACK do not hear the band",
                cure:
                    "systemctl --user restart wireplumber; where that does not help, enable monitor.alsa-midi in WirePlumber's configuration, or start a2jmidid -e"
            )
        ]
    }

    /// Whether another program listens on the console's port; asked where the daemon does not answer.
    func consolePort(_ port: Int) -> Finding? {
        // `0: 0100007F:223D 00000000:0000 0A ...`: the local address and port in hexadecimal; 0A listens.
        let wanted = String(port, radix: 16, uppercase: true)
        let padded = String(repeating: "0", count: max(0, 4 - wanted.count)) + wanted
        let isTaken = lines("/proc/net/tcp").contains { line in
            let fields = line.split(separator: " ")
            return fields.count > 3 && fields[3] == "0A"
                && ["0100007F:\(padded)", "00000000:\(padded)"].contains(fields[1])
        }
        guard isTaken else { return nil }
        return Finding(
            kind: .broken, what: "port \(port) of the console is busy: another program listens on it",
            cure: "write another port under [console] in continuo.toml; ss -ltnp \"sport = :\(port)\" says who has it")
    }

    private func lines(_ path: String) -> [Substring] {
        ((try? String(contentsOfFile: root + path, encoding: .utf8)) ?? "").split(separator: "\n")
    }

    private func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: root + folder)) ?? []).sorted()
    }
}
