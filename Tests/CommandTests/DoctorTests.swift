import Foundation
import Testing

@testable import continuo

/// Each cause that the doctor knows, put into a tree in the place of the system's.
struct DoctorTests {
    private let root: Folder

    init() throws { root = try Folder() }

    private func put(_ path: String, _ text: String = "") throws {
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        try FileManager.default.createDirectory(atPath: root.file(folder), withIntermediateDirectories: true)
        _ = try root.write(path, Array(text.utf8))
    }

    /// What is found that is not in order and of which these words are said.
    private func found(_ words: String, _ change: (inout Doctor) -> Void = { _ in }) -> [Doctor.Finding] {
        var doctor = Doctor(root: root.path)
        change(&doctor)
        return doctor.findings.filter { $0.kind != .good && $0.what.contains(words) }
    }

    @Test func aSequencerThatIsNotLoadedIsNamed() throws {
        #expect(found("sequencer is not loaded").map(\.cure) == ["sudo modprobe snd_seq"])
        try put("dev/snd/seq")
        #expect(found("sequencer is not loaded").isEmpty)
    }

    /// `/etc/group` in which the file's group has this name and these members.
    private func group(_ name: String, members: String) throws -> Int {
        try put("dev/snd/seq")
        var status = stat()
        try #require(stat(root.file("dev/snd/seq"), &status) == 0)
        try put("etc/group", "games:x:60:\n\(name):x:\(status.st_gid):\(members)\nvideo:x:44:anna\n")
        return Int(status.st_gid)
    }

    @Test func whoIsNotInTheGroupIsToldToJoinIt() throws {
        _ = try group("audio", members: "ben,annabel")
        let found = found("may not be opened") {
            $0.mayOpen = { _ in false }
            $0.person = .init(name: "anna", groups: [1_000_001])
        }
        #expect(found.count == 1 && found[0].kind == .broken)
        #expect(found[0].what.hasSuffix("you are not in the group audio"))
        #expect(found[0].cure.hasPrefix("sudo usermod -aG audio"))
    }

    @Test func aSessionThatBeganBeforeTheGroupIsToldSo() throws {
        _ = try group("audio", members: "ben,anna")
        let found = found("may not be opened") {
            $0.mayOpen = { _ in false }
            $0.person = .init(name: "anna", groups: [1_000_001])
        }
        #expect(found.map(\.cure) == ["log out and in again; a service: restart it"])
    }

    @Test func aDeviceOfTheWrongGroupIsToldSo() throws {
        let number = try group("wheel", members: "anna")
        let found = found("may not be opened") {
            $0.mayOpen = { _ in false }
            $0.person = .init(name: "anna", groups: [number])
        }
        #expect(found.count == 1 && found[0].what.hasSuffix("it belongs to the group wheel, not to audio"))
        #expect(found[0].cure.contains("udevadm trigger"))
    }

    @Test func aMissingModuleIsNamed() throws {
        try put("proc/asound/card1/midi0", "LPK25\n")
        try put("proc/asound/seq/clients", "Client   0 : \"System\" [Kernel Legacy]\n")
        #expect(found("no sequencer client").map(\.cure) == ["sudo modprobe snd_seq_midi"])
    }

    @Test func aRawPortThatAnotherProgramHoldsIsNamedWithTheProgram() throws {
        try put("proc/4711/comm", "amidi\n")
        try put("proc/4712/comm", "bash\n")
        for (process, device) in [("4711", "/dev/snd/midiC1D0"), ("4712", "/dev/pts/0")] {
            try FileManager.default.createDirectory(
                atPath: root.file("proc/\(process)/fd"), withIntermediateDirectories: true)
            for descriptor in ["3", "4"] {
                try FileManager.default.createSymbolicLink(
                    atPath: root.file("proc/\(process)/fd/\(descriptor)"), withDestinationPath: device)
            }
        }
        let found = found("is busy")
        #expect(found.count == 1 && found[0].kind == .broken)
        #expect(found[0].what.hasPrefix("/dev/snd/midiC1D0 is busy: amidi (process 4711)"))
        #expect(found[0].cure.hasPrefix("end amidi"))
    }

    @Test func aPortOfTheConsoleThatIsTakenIsNamed() throws {
        let head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
        let row = "00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 12345 1 0 100 0 0 10 0\n"
        let doctor = Doctor(root: root.path)
        try put("proc/net/tcp", head + "   0: 0100007F:223D \(row)   1: 0100007F:0050 \(row)")
        let finding = try #require(doctor.consolePort(8765))
        #expect(finding.kind == .broken && finding.what.hasPrefix("port 8765 of the console is busy"))
        #expect(finding.cure.hasPrefix("write another port under [console]"))
        #expect(doctor.consolePort(80) != nil)
        #expect(doctor.consolePort(8766) == nil)
        // One that is only connected, or listens on another address.
        try put(
            "proc/net/tcp",
            head + "   0: 0100007F:223D \(row.replacing(" 0A ", with: " 01 "))   1: 0500007F:223D \(row)")
        #expect(doctor.consolePort(8765) == nil)
    }

    @Test func aSessionWithoutRealTimeIsTold() throws {
        let found = found("real-time priorities are not allowed") { $0.realTimePriority = 0 }
        #expect(found.count == 1 && found[0].cure.contains("rtprio"))
        #expect(self.found("real-time priorities are not") { $0.realTimePriority = 60 }.isEmpty)
    }

    @Test func aMissingTimerIsTold() throws {
        try put("proc/asound/timers", "G0: system timer : 4000.000us (10000000 ticks)\n")
        #expect(found("no high-resolution timer").map { $0.cure.hasPrefix("sudo modprobe snd-hrtimer") } == [true])
        try put(
            "proc/asound/timers", "G0: system timer : 4000.000us (10000000 ticks)\nG3: HR timer : 0.001us (1 ticks)\n")
        #expect(found("no high-resolution timer").isEmpty)
    }

    @Test func processorsThatStaySlowAreTold() throws {
        for processor in ["cpu0", "cpu1"] {
            try put("sys/devices/system/cpu/\(processor)/cpufreq/scaling_governor", "powersave\n")
            try put("sys/devices/system/cpu/\(processor)/cpufreq/scaling_driver", "cpufreq-dt\n")
        }
        try put("sys/devices/system/cpu/cpufreq/boost", "1\n")
        let found = found("clock frequency")
        #expect(found.count == 1 && found[0].what.hasPrefix("2 processors stay") && found[0].cure.contains("schedutil"))
        for processor in ["cpu0", "cpu1"] {
            try put("sys/devices/system/cpu/\(processor)/cpufreq/scaling_driver", "intel_pstate\n")
        }
        #expect(self.found("clock frequency").isEmpty)
    }

    @Test func aCoarseClockIsTold() throws {
        let path = "sys/devices/system/clocksource/clocksource0/current_clocksource"
        try put(path, "refined-jiffies\n")
        #expect(found("the kernel's clock is refined-jiffies").count == 1)
        try put(path, "tsc\n")
        #expect(found("the kernel's clock").isEmpty)
    }

    @Test func aPipeWireWithoutABridgeIsTold() throws {
        #expect(found("PipeWire").isEmpty)
        try put("proc/900/comm", "pipewire\n")
        try put("proc/asound/seq/clients", "Client   0 : \"System\" [Kernel Legacy]\n")
        let found = found("PipeWire runs without its bridge")
        #expect(found.count == 1 && found[0].kind == .weak && found[0].cure.contains("wireplumber"))
        try put("proc/asound/seq/clients", "Client 142 : \"PipeWire-System\" [User Legacy]\n")
        #expect(self.found("PipeWire").isEmpty)
    }

    @Test func aMissingSynthesizerIsTold() throws {
        #expect(found("fluidsynth is not installed").map(\.cure) == ["sudo apt-get install fluidsynth"])
    }
}
