import ConsoleAPI
import Devices
import Foundation
import Glibc
import Installation
import MIDI
import Music
import Playback
import RealTime
import TakeStore
import Testing
import Transport

@testable import BridgeDaemon

/// What is silenced after a crash and after a suspend.
@Suite(.serialized, .timeLimit(.minutes(1))) struct ReleaseTests {
    private let folder: TemporaryFolder
    private let wire = EmbeddedTransport()

    init() throws { folder = try TemporaryFolder() }

    private var socket: String { "\(folder.path)/c.sock" }
    private var list: String { "\(socket).ports" }
    private func info(_ address: PortAddress) throws -> PortInfo {
        try #require(try wire.ports().first { $0.address == address })
    }

    // MARK: the list

    @Test func theListIsThereWhileAPortIsHeld() throws {
        let (first, second) = (wire.addDestination("One"), wire.addDestination("Two"))
        var held = HeldPorts(socket: socket)
        try held.add(info(first))
        try held.add(info(second))
        try held.add(info(second))
        #expect(HeldPorts(socket: socket).ports.map(\.portName) == ["One", "Two"])
        try held.remove(info(first))
        #expect(HeldPorts(socket: socket).ports.map(\.address) == [second])
        try held.remove(info(second))
        #expect(!FileManager.default.fileExists(atPath: list))
    }

    @Test func aListThatIsNotReadableHasNoPorts() throws {
        try folder.write("[{\"client\": 300}]", to: "c.sock.ports")
        let held = HeldPorts(socket: socket)
        #expect(held.exists && held.ports.isEmpty)
    }

    @Test func aPortIsReleasedOnlyUnderItsName() throws {
        let (synth, other) = (wire.addDestination("Synth"), wire.addDestination("Other"))
        var held = HeldPorts(socket: socket)
        try held.add(info(synth))
        var stranger = try info(other)
        stranger.clientName = "A program that had this number before"
        try held.add(stranger)
        PortRelease.release(&held, on: wire, quiet)
        let sounded = wire.drainSounded()
        #expect(sounded.compactMap(\.message) == PortRelease.messages)
        #expect(sounded.allSatisfy { $0.destination == synth })
        #expect(!held.exists)
    }

    @Test func everyKeyOfOurChannelsIsLetGoBeforeTheControls() {
        let messages = PortRelease.messages
        let channels = [1, 2, 3, 4, 5, 6, 7, 10]
        #expect(messages.count == channels.count * (128 + 7))
        #expect(messages.prefix(channels.count * 128).allSatisfy { $0.status & 0xF0 == 0x80 })
        #expect(Set(messages.compactMap { $0.channel?.number }) == Set(channels))
        #expect(Set(Part.allCases.map(\.channel.number)).isSubset(of: channels))
        for control: [UInt8] in [
            [0xB0, 64, 0], [0xB0, 66, 0], [0xB0, 67, 0], [0xE0, 0, 64], [0xD0, 0], [0xB0, 123, 0],
        ] {
            #expect(messages.contains { $0.bytes == control })
        }
    }

    // MARK: the program

    private func release(_ arguments: [String] = []) throws -> (code: Int32, said: String) {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent(
            "continuod")
        process.arguments = ["--release", "--transport", "embedded", "--socket", socket] + arguments
        process.environment = ["HOME": folder.path, "PATH": "/usr/bin:/bin"]
        let pipe = Pipe()
        process.standardError = pipe
        try process.run()
        let said = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: said, as: UTF8.self))
    }

    @Test func aKilledDaemonLeavesItsListAndTheReleaseTakesItAway() async throws {
        let daemon = try await DaemonProcess.ready(in: folder)
        #expect(HeldPorts(socket: socket).ports.map(\.portName) == ["Listener"])
        let refused = try release()
        #expect(refused.code == 70)
        #expect(refused.said.contains("another continuod serves") && refused.said.contains("continuo panic"))
        daemon.signal(SIGKILL)
        _ = try await daemon.end()
        #expect(FileManager.default.fileExists(atPath: list))
        #expect(try release().code == 0)
        #expect(!FileManager.default.fileExists(atPath: list))
        #expect(try release() == (0, ""))
    }

    @Test func aCleanEndLeavesNoList() async throws {
        let daemon = try await DaemonProcess.ready(in: folder)
        #expect(FileManager.default.fileExists(atPath: list))
        daemon.signal(SIGTERM)
        #expect(try await daemon.end() == 0)
        #expect(!FileManager.default.fileExists(atPath: list))
    }

    // MARK: suspend

    /// The conductor takes this one for a sequencer, so that the test alone hears what sounds.
    private let watched = WatchedTransport()

    private func conduct(_ body: (Conductor) async throws -> Void) async throws {
        let store = try TakeStore(path: "\(folder.path)/continuo.sqlite", logger: quiet)
        try await conducting(
            transport: watched, monitor: EmbeddedDeviceMonitor(), store: store, heldPorts: HeldPorts(socket: socket),
            body)
    }

    @Test func aMachineThatWakesIsSilent() async throws {
        let synth = watched.inner.addDestination("Synth")
        try await conduct { conductor in
            try await conductor.inject([
                InputMessage(.noteOn(Channel(1), Pitch(60), Velocity(80))),
                InputMessage(.controlChange(Channel(1), Controller.sustain, 127)),
                InputMessage(.noteOn(Channel(1), Pitch(62), Velocity(80)), delay: 60),
            ])
            let started: [MIDIMessage] = [
                .noteOn(Channel(1), Pitch(60), Velocity(80)), .controlChange(Channel(1), Controller.sustain, 127),
            ]
            // The melody's sound may be told between and behind them.
            try await eventually("they sound") { watched.sent.filter(started.contains) == started }
            await conductor.resumed()
            let ended = watched.inner.drainSounded().compactMap(\.message).split(separator: started[1]).last ?? []
            #expect(ended.contains(.noteOff(Channel(1), Pitch(60))))
            #expect(ended.contains(.controlChange(Channel(1), Controller.sustain, 0)))
            // The melody's sound may be told anew behind it.
            let panic = Panic.messages()
            #expect(ended.indices.contains { ended[$0...].starts(with: panic) })
            #expect(await conductor.injected.isEmpty)
            #expect(await conductor.status().output != nil)
            #expect(HeldPorts(socket: socket).ports.map(\.address) == [synth])
        }
    }

    @Test func panicEndsWhatAPlayerHoldsWhereNoBandEverPlayed() async throws {
        _ = watched.inner.addDestination("Synth")
        try await conduct { conductor in
            try await conductor.inject([InputMessage(.controlChange(Channel(1), Controller.sustain, 127))])
            try await eventually("it is down") { watched.sent.contains { $0.data1 == Controller.sustain } }
            _ = try await conductor.perform(.panic)
            #expect(watched.sent.suffix(16 * 7) == Panic.messages()[...])
        }
    }

    @Test func whatADaemonThatCrashedHeldIsReleasedByTheNextOne() async throws {
        let synth = watched.inner.addDestination("Synth")
        var left = HeldPorts(socket: socket)
        try left.add(#require(try watched.ports().first { $0.address == synth }))
        try await conduct { _ in
            #expect(watched.sent.starts(with: PortRelease.messages))
            #expect(HeldPorts(socket: socket).ports.map(\.address) == [synth])
        }
        #expect(!FileManager.default.fileExists(atPath: list))
    }
}
