import ContinuoClient
import Foundation
import TestSupport
import Testing

@testable import Console

@Suite(.timeLimit(.minutes(1))) struct MetricTests {
    @Test func theTextIsWhatAScraperReads() async throws {
        try await withConsole { (_, _, client, _) async throws in
            let text = try await client.metrics()
            let read = try ExpositionReader(text)
            #expect(read.types["continuo_keyboards"] == "gauge")
            #expect(read.value("continuo_keyboards") == 1)
            #expect(read.value("continuo_uptime_seconds") == 1.25)
            #expect(
                read.value("continuo_generations_total", ["genre": "a \"b\" \\ c\nd", "accompanist": "network"]) == 3)
            #expect(read.help["continuo_generations_total"] == "Bands \\\\ made,\\nof any kind.")
            let buckets = read.samples.filter { $0.name == "continuo_thru_latency_seconds_bucket" }
            #expect(buckets.map(\.value) == [4, 6, 7])
            #expect(buckets.map { $0.labels["le"] } == ["0.001", "0.01", "+Inf"])
            #expect(read.value("continuo_thru_latency_seconds_sum") == 0.25)
            // What the console adds: this very connection.
            #expect(read.value("continuo_api_connections") == 1)
            #expect(read.value("continuo_api_turned_away_total") == 0)
        }
    }

    @Test func theAnswerNamesTheFormat() async throws {
        try await withConsole { (_, _, client, _) async throws in
            let answer = await exchangeRaw(client, ["GET /metrics HTTP/1.1\r\nConnection: close\r\n\r\n"])
            #expect(answer.hasPrefix("HTTP/1.1 200 "))
            #expect(answer.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"))
        }
    }

    @Test func overThePortAProgramNeedsAToken() async throws {
        try await withConsole(configure: { $0.port = 0 }) { (_, _, client, port) async throws in
            let port = try #require(port)
            let refused = await askOverPort(client, port, "GET /metrics")
            #expect(refused.hasPrefix("HTTP/1.1 401 "))
            #expect(!refused.contains("continuo_keyboards"))
            let token = try await letIn(client, port: port)
            let answer = await askOverPort(
                client, port, "GET /metrics", fields: "Authorization: Bearer \(token)\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.contains("\ncontinuo_keyboards 1\n"))
        }
    }

    @Test func metricsThatAreOpenOpenNothingElse() async throws {
        try await withConsole(configure: {
            $0.port = 0
            $0.metricsAreOpen = true
        }) { (_, _, client, port) async throws in
            let port = try #require(port)
            #expect(await askOverPort(client, port, "GET /metrics").contains("\ncontinuo_keyboards 1\n"))
            #expect(await askOverPort(client, port, "GET /v1/status").hasPrefix("HTTP/1.1 401 "))
            #expect(await askOverPort(client, port, "POST /metrics", body: "{}").hasPrefix("HTTP/1.1 405 "))
            // A page of another site must not read them through the player's browser.
            let foreign = await askOverPort(
                client, port, "GET /metrics", fields: "Origin: http://elsewhere.example\r\n")
            #expect(foreign.hasPrefix("HTTP/1.1 403 "))
        }
    }

    @Test func whoIsTurnedAwayIsCounted() async throws {
        try await withConsole(configure: { $0.maximumConnections = 1 }) { (_, daemon, client, _) async throws in
            daemon.gate.close()
            async let held = client.status()
            while daemon.gate.arrivals == 0 { try await Task.sleep(for: .milliseconds(5)) }
            await #expect(throws: ClientError.self) { try await client.metrics() }
            daemon.gate.open()
            _ = try await held
            var read: ExpositionReader?
            let end = ContinuousClock.now + .seconds(10)
            while read == nil, ContinuousClock.now < end { read = try? ExpositionReader(try await client.metrics()) }
            let turnedAway = try #require(read?.value("continuo_api_turned_away_total"))
            #expect(turnedAway >= 1)
        }
    }

    @Test func aReaderThatTakesAnythingWouldProveNothing() {
        for broken in [
            "x 1", "# TYPE x counter\ny 1\n", "# TYPE x counter\nx 1\nx 1\n", "# TYPE x counter\nx{a=\"1\" 1\n",
            "# TYPE x histogram\nx_bucket{le=\"1\"} 2\nx_sum 1\nx_count 2\n",
            "# TYPE x histogram\nx_bucket{le=\"1\"} 2\nx_bucket{le=\"+Inf\"} 1\nx_sum 1\nx_count 1\n",
            "# TYPE x gauge\n1x 1\n", "# TYPE x gauge\nx one\n", "# TYPE x y\n",
        ] {
            #expect(throws: ExpositionReader.Violation.self, "\(broken)") { try ExpositionReader(broken) }
        }
    }
}
