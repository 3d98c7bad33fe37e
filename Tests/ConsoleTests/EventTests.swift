import ConsoleAPI
import ContinuoClient
import Foundation
import Testing

@testable import Console
@testable import ContinuoClient

private func note(_ pitch: Int) -> ServerEvent {
    .noteIn(ServerEvent.LiveNote(pitch: pitch, velocity: 80, source: "Keys", time: Double(pitch) / 8))
}

@Suite(.serialized) struct EventTests {
    /// Every kind of event, as it is told and as it is read.
    static let all: [ServerEvent] = [
        .state(ActionReport(state: .playing, message: "with the band", takeID: 1, arrangementID: 2)), note(60),
        .bandNote(ServerEvent.LiveNote(pitch: 36, velocity: 0, source: "bass", time: 1.5)),
        .takeStored(FakeDaemon.take(7).summary), .arrangementStored(FakeDaemon.arrangement.summary),
        .deviceCame(KeyboardReport(name: "Keys\nof two lines")),
        .deviceWent(KeyboardReport(name: "Keys", usb: "1c75:02ca")),
        .job(FakeDaemon.job.summary), .problem(APIError(status: 500, error: "no sound", advice: "start a synth")),
    ]

    @Test func everyKindOfEventArrivesInOrder() async throws {
        try await withConsole { (_, daemon, client, _) async throws in
            let (connected, announce) = AsyncStream<Void>.makeStream()
            var events = client.events { announce.finish() }.makeAsyncIterator()
            for await _ in connected {}
            for event in EventTests.all { daemon.tell(event) }
            var seen: [NumberedEvent] = []
            while seen.count < EventTests.all.count, let event = try await events.next() { seen.append(event) }
            #expect(seen.map(\.event) == EventTests.all)
            let first = try #require(seen.first?.id)
            #expect(seen.map(\.id) == Array(first..<(first + UInt64(seen.count))))
        }
    }

    @Test func aListenerThatComesBackIsToldWhatItMissed() async throws {
        try await withConsole { (_, daemon, client, _) async throws in
            let start = try await firstEvent(client) { daemon.tell(note(1)) }
            for pitch in 2...5 { daemon.tell(note(pitch)) }
            var seen: [ServerEvent] = []
            for try await event in client.events(after: start.id) {
                seen.append(event.event)
                if seen.count == 4 { break }
            }
            #expect(seen == (2...5).map(note))
        }
    }

    @Test func eventsThatAreNoLongerKeptAreCounted() async throws {
        try await withConsole(configure: { $0.backlog = 8 }) { (_, daemon, client, _) async throws in
            let start = try await firstEvent(client) { daemon.tell(note(0)) }
            let last = try await firstEvent(client) { for pitch in 1...100 { daemon.tell(note(pitch)) } }
            #expect(last.id > start.id)
            var seen: [ServerEvent] = []
            for try await event in client.events(after: start.id) {
                seen.append(event.event)
                if event.event == note(100) { break }
            }
            let first = try #require(seen.first)
            guard case .lost(let count) = first else {
                Issue.record("no gap told: \(first)")
                return
            }
            #expect(count + seen.count - 1 == 100)
            #expect(seen.dropFirst().count <= 9)
        }
    }

    @Test func aQuietStreamShowsThatItLives() async throws {
        try await withConsole(configure: { $0.keepAlive = .milliseconds(20) }) { (server, _, client, _) async throws in
            let answer = Task { await exchangeRaw(client, ["GET /v1/events HTTP/1.1\r\n\r\n"]) }
            // Time enough to connect on a busy machine.
            try await Task.sleep(for: .seconds(5))
            await server.stop()
            let text = await answer.value
            #expect(text.contains("Content-Type: text/event-stream"))
            #expect(text.contains(": still here"))
        }
    }

    @Test func theStreamEndsWithTheDaemon() async throws {
        try await withConsole { (server, _, client, _) async throws in
            let (connected, announce) = AsyncStream<Void>.makeStream()
            let events = client.events { announce.finish() }
            for await _ in connected {}
            await server.stop()
            var count = 0
            for try await _ in events { count += 1 }
            #expect(count == 0)
        }
    }

    /// The first event that is told after a listener is there.
    private func firstEvent(_ client: ContinuoClient, _ cause: () -> Void) async throws -> NumberedEvent {
        let (connected, announce) = AsyncStream<Void>.makeStream()
        var events = client.events { announce.finish() }.makeAsyncIterator()
        for await _ in connected {}
        cause()
        return try #require(try await events.next())
    }
}

@Suite struct EventHubTests {
    @Test func aListenerWaitsUntilSomethingHappens() async {
        let hub = EventHub(capacity: 4, firstID: 10)
        async let batch = hub.events(from: 10)
        await hub.append(note(1))
        #expect(await batch == .events([NumberedEvent(id: 10, event: note(1))], lost: 0, next: 11))
    }

    @Test func theBacklogStaysBounded() async {
        let hub = EventHub(capacity: 4, firstID: 1)
        for pitch in 0..<50 { await hub.append(note(pitch)) }
        guard case .events(let events, let lost, 51) = await hub.events(from: 1) else {
            Issue.record("no events")
            return
        }
        #expect((4...5).contains(events.count))
        #expect(lost + events.count == 50)
        #expect(events.last == NumberedEvent(id: 50, event: note(49)))
    }

    @Test func aCancelledListenerIsLetGo() async {
        let hub = EventHub(capacity: 4, firstID: 1)
        let listener = Task { await hub.events(from: 1) }
        listener.cancel()
        #expect(await listener.value == .end)
    }

    @Test func allListenersAreLetGoAtTheEnd() async {
        let hub = EventHub(capacity: 4, firstID: 1)
        async let batch = hub.events(from: 1)
        await hub.finish()
        #expect(await batch == .end)
        #expect(await hub.events(from: 1) == .end)
    }
}

@Suite struct EventReaderTests {
    @Test(arguments: [1, 2, 3, 7, 1000])
    func eventsAreReadHoweverTheBytesAreCut(size: Int) throws {
        let json = String(decoding: try APICoding.encode(note(60)), as: UTF8.self)
        let text =
            ": hello\nid: 4\n\nid: 5\nevent: noteIn\ndata: \(json)\n\nid: 6\nevent: new\ndata: {\"type\":\"new\"}\n\n"
        let bytes = Array(text.utf8)
        var reader = EventReader()
        let events = stride(from: 0, to: bytes.count, by: size).flatMap { start in
            reader.read(bytes[start..<min(bytes.count, start + size)])
        }
        #expect(events == [NumberedEvent(id: 5, event: note(60))])
    }
}
