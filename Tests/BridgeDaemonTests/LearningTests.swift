import DaemonConfiguration
import Console
import ConsoleAPI
import ContinuoClient
import Controls
import Devices
import Foundation
import Generation
import Installation
import MIDI
import ModelLibrary
import Music
import RealTime
import TakeLibrary
import TakeStore
import Testing
import Transport

@testable import BridgeDaemon

/// Learning and consent, from the client over a real socket to a keyboard on an embedded transport.
@Suite(.serialized, .timeLimit(.minutes(1))) struct LearningTests {
    private let folder: TemporaryFolder
    private let wire = EmbeddedTransport()
    private let monitor = EmbeddedDeviceMonitor()
    private let port: PortAddress

    init() throws { try self.init(folder: TemporaryFolder()) }

    private init(folder: TemporaryFolder) {
        self.folder = folder
        port = wire.addSource("Keys", card: 1)
        monitor.plug(
            Keyboard(
                card: 1, usb: USBIdentity(vendor: 0x1C75, product: 0x02CA), serial: "A1", path: "",
                productName: "Mystery 32"))
    }

    private var losses: DriverLosses { DriverLosses(folder: folder.path + "/asound") }

    private var places: LearningPlaces {
        LearningPlaces(profiles: [folder.path + "/profiles"], state: folder.path)
    }

    private func serve(
        _ profiles: [DeviceProfile] = [], _ body: (ContinuoClient) async throws -> Void
    ) async throws {
        let store = try TakeStore(path: "\(folder.path)/continuo.sqlite", logger: quiet)
        defer { store.close() }
        try await conducting(
            transport: wire, monitor: monitor, store: store, profiles: profiles, learningPlaces: places, losses: losses
        ) { conductor in
            let socket = folder.path + "/s"
            var configuration = Configuration()
            configuration.stateFolder = folder.path
            let desk = JobDesk(
                configuration: configuration, places: Places(environment: [:], executable: ""), logger: quiet
            ) { event in await conductor.publish(event) }
            defer { desk.end() }
            let shelf = ModelDesk(ModelLibrary(ModelFolders([folder.path])), jobs: desk)
            defer { shelf.end() }
            let server = ConsoleServer(
                ConsoleConfiguration(socketPath: socket, port: nil),
                control: DaemonService(
                    conductor: conductor, library: TakeLibrary(store: store, models: ModelFolders([])), desk: desk,
                    shelf: shelf,
                    sounds: AudioDesk(folder: folder.path + "/audio", program: nil),
                    teacher: LessonDesk(
                        places: Places(environment: [:], executable: "/nowhere/continuod"),
                        folder: folder.path + "/lesson", configured: nil)),
                logger: quiet)
            let serving = Task { try await server.run() }
            _ = await server.waitUntilReady()
            let result: Result<Void, any Error>
            do { result = .success(try await body(ContinuoClient(socketPath: socket))) } catch {
                result = .failure(error)
            }
            await conductor.stop()
            await server.stop()
            try await serving.value
            try result.get()
        }
    }

    private func press(_ number: UInt8) {
        wire.inject(.controlChange(Channel(16), number, 127), from: port)
        wire.inject(.controlChange(Channel(16), number, 0), from: port)
    }

    @Test func threePressesMakeAnUnknownKeyboardUsable() async throws {
        try await serve { client in
            let unknown = try #require(try await client.devices().first)
            #expect(unknown.profile == nil && unknown.advice.contains("continuo learn"))
            #expect(try await client.learn(LearnRequest(action: "record")).step == .asking)
            for (action, number) in [("record", UInt8(118)), ("play", 117), ("stop", 116)] {
                if action != "record" { _ = try await client.learnAsk(action) }
                press(number)
                try await eventually("\(action) is recognised") { (try? await client.learning().step) == .recognized }
                #expect(try await client.status().state == .idle)
            }
            let kept = try await client.learnKeep()
            #expect(kept.buttons.map(\.action) == ["record", "play", "stop"])
            let text = try String(contentsOfFile: try #require(kept.file), encoding: .utf8)
            #expect(text.contains("# record: control change 118 on channel 16, momentary"))
            #expect(try await client.devices().first?.basis == "usb")
            press(118)
            try await eventually("record acts") { (try? await client.status().state) == .armed }

            #expect(try await client.learnUndo().message.contains("is gone"))
            #expect(try await client.devices().first?.profile == nil)
            #expect(!FileManager.default.fileExists(atPath: kept.file ?? ""))
        }
    }

    @Test func cancellingChangesNothing() async throws {
        try await serve { client in
            _ = try await client.learn(LearnRequest(device: "mystery", action: "play"))
            let second = await #expect(throws: ClientError.self) { try await client.learn(LearnRequest()) }
            #expect(second?.description.contains("being learned already") == true)
            press(117)
            try await eventually("it is recognised") { (try? await client.learning().step) == .recognized }
            #expect(try await client.learnCancel().step == .off)
            #expect(try await client.devices().first?.profile == nil)
            await #expect(throws: ClientError.self) { try await client.learnKeep() }
            await #expect(throws: ClientError.self) { try await client.learnUndo() }
        }
    }

    @Test func unconfirmedButtonsActWithConsentAloneAndItLasts() async throws {
        var profile = DeviceProfile(
            id: "weak", name: "Weak", usb: [USBIdentity(vendor: 0x1C75, product: 0x02CA)], confidence: 1, sources: ["x"]
        )
        profile.buttons = [ControlBinding(.record, .control(Channel(16), 118))]
        try await serve([profile]) { client in
            let device = try #require(try await client.devices().first)
            #expect(device.buttons.map(\.acts) == [false] && device.advice.contains("accept"))
            press(118)
            try await eventually("it is heard") {
                (try? await client.devices().first?.heard) == ["control change 118 on channel 16"]
            }
            #expect(try await client.status().state == .idle)
            #expect(try await client.consent(true, device: device.id).buttons.map(\.acts) == [true])
            press(118)
            try await eventually("record acts") { (try? await client.status().state) == .armed }
        }
        #expect(places.accepted() == ["weak"])
        try await LearningTests(folder: folder).serve([profile]) { client in
            #expect(try await client.devices().first?.buttons.map(\.acts) == [true])
            let device = try #require(try await client.devices().first)
            #expect(try await client.consent(false, device: device.id).buttons.map(\.acts) == [false])
        }
    }

    @Test func whatTheDriverDroppedMarksTheTake() async throws {
        let place = folder.path + "/asound/card1"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        func write(_ overruns: Int) throws {
            try "Keys\n\nInput 0\n  Overruns     : \(overruns)\n".write(
                toFile: place + "/midi0", atomically: true, encoding: .utf8)
        }
        func play() async throws {
            for pitch in [60, 64, 67] {
                wire.inject(.noteOn(Channel(1), Pitch(pitch), Velocity(80)), from: port)
                try await Task.sleep(for: .milliseconds(50))
                wire.inject(.noteOff(Channel(1), Pitch(pitch)), from: port)
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        try write(0)
        try await serve { client in
            for overruns in [0, 12] {
                _ = try await client.perform(.record)
                try await play()
                try write(overruns)
                _ = try await client.perform(.record)
                let expected = overruns == 0 ? 1 : 2
                try await eventually("the take is kept") { (try? await client.takes().count) == expected }
                let takes = try await client.takes()
                #expect(takes.map(\.isDamaged).contains(true) == (overruns > 0))
                _ = try await client.perform(.stop)
                _ = try await client.perform(.stop)
            }
            #expect(try await client.status().counters["dropped bytes"] == 12)
        }
    }
}
