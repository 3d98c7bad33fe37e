import Foundation
import Testing

@testable import continuo

/// What the commands for keyboards say, without one.
struct KeyboardCommandTests {
    /// A tree in the place of the system's.
    private func system(sequencer: Bool, clients: String) throws -> Folder {
        let root = try Folder()
        for path in ["dev/snd", "proc/asound/card1", "proc/asound/seq", "etc/udev/rules.d"] {
            try FileManager.default.createDirectory(atPath: root.file(path), withIntermediateDirectories: true)
        }
        if sequencer { _ = try root.write("dev/snd/seq", []) }
        _ = try root.write("proc/asound/card1/midi0", Array("LPK25\n\nOutput 0\n".utf8))
        _ = try root.write("proc/asound/seq/clients", Array(clients.utf8))
        return root
    }

    @Test func aSystemInOrderHasNothingBroken() throws {
        let root = try system(sequencer: true, clients: "Client info\nClient  20 : \"LPK25\" [Kernel Legacy]\n")
        _ = try root.write("etc/udev/rules.d/90-continuo.rules", [])
        for path in ["usr/bin", "usr/share/sounds/sf2", "etc/systemd/system"] {
            try FileManager.default.createDirectory(atPath: root.file(path), withIntermediateDirectories: true)
        }
        let needed = [
            "dev/snd/pcmC0D0p", "usr/bin/fluidsynth", "usr/share/sounds/sf2/default-GM.sf2",
            "etc/systemd/system/continuo-synth.socket",
        ]
        for path in needed { _ = try root.write(path, []) }
        let findings = Doctor(root: root.path, realTimePriority: 60).findings
        #expect(findings.allSatisfy { $0.kind == .good }, "\(findings)")
    }

    @Test func aPortWithoutAClientIsNamedWithItsCure() throws {
        let root = try system(sequencer: true, clients: "Client   0 : \"System\" [Kernel Legacy]\n")
        let broken = Doctor(root: root.path).findings.filter { $0.kind == .broken }
        #expect(broken.map(\.cure) == ["sudo modprobe snd_seq_midi"])
        #expect(broken.first?.what.hasPrefix("LPK25 (card1)") == true)
    }

    @Test func ofTwoEqualKeyboardsEachNeedsAClientOfItsOwn() throws {
        let client = "Client  20 : \"LPK25\" [Kernel Legacy]\n"
        for (clients, missing) in [(client, 1), (client + client, 0)] {
            let root = try system(sequencer: true, clients: clients)
            try FileManager.default.createDirectory(
                atPath: root.file("proc/asound/card2"), withIntermediateDirectories: true)
            _ = try root.write("proc/asound/card2/midi0", Array("LPK25\n\nOutput 0\n".utf8))
            let broken = Doctor(root: root.path).findings.filter { $0.kind == .broken }
            #expect(broken.count == missing, "\(broken)")
        }
    }

    @Test func whatTheSynthesizerLacksIsNamedWithItsCure() throws {
        let root = try system(sequencer: true, clients: "")
        _ = try root.write("dev/snd/pcmC0D0c", [])  // a microphone's
        let weak = Doctor(root: root.path).findings.filter { $0.kind == .weak }
        for (what, cure) in [
            ("no sound hardware", "a sound card"), ("fluidsynth is not", "apt-get install fluidsynth"),
            ("no sound font", "timgm6mb-soundfont"), ("continuo-synth", "docs/install.md"),
        ] {
            #expect(weak.contains { $0.what.contains(what) && $0.cure.contains(cure) }, "\(what)")
        }
    }

    @Test func aMissingSequencerAndABrokenProfileAreNamed() throws {
        let root = try system(sequencer: false, clients: "Client  20 : \"LPK25\" [Kernel]\n")
        _ = try root.write("bad.toml", Array("name = 3\n".utf8))
        let broken = Doctor(root: root.path, profileFolders: [root.path]).findings.filter { $0.kind == .broken }
        #expect(broken.count == 2)
        #expect(broken[0].cure == "sudo modprobe snd_seq")
        #expect(broken[1].what.contains("bad.toml, line 1"), "\(broken[1])")
    }

    @Test func withoutADaemonTheDoctorSaysSoAndEndsWithOne() async throws {
        let root = try system(sequencer: true, clients: "")
        let doctor = try await Program("continuo").run([
            "doctor", "--json", "--root", root.path, "--socket", root.file("s"),
        ])
        #expect(doctor.code == 1)
        #expect(doctor.text.contains("the daemon cannot be reached"))
    }
}
