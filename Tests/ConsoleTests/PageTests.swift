import Foundation
import Testing

@testable import Console

/// The page that the console serves.
@Suite(.serialized) struct PageTests {
    /// The page of this source tree.
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("console").path
    private static let pages = ConsolePages(folders: ["/nowhere", folder])

    private func get(_ path: String, method: String = "GET", pages: ConsolePages = PageTests.pages) async throws
        -> String
    {
        try await withConsole(pages: pages, configure: { $0.port = 0 }) { (_, _, client, port) async throws in
            await exchangeRaw(
                client, ["\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port ?? 0)\r\nConnection: close\r\n\r\n"],
                port: port)
        }
    }

    @Test func thePageIsServedAtTheRoot() async throws {
        let answer = try await get("/")
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(
            answer.contains("Content-Type: text/html; charset=utf-8\r\n") && answer.contains("<title>Continuo</title>"))
        #expect(answer.contains("Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self';"))
        #expect(answer.contains("frame-ancestors 'none'\r\n"))
    }

    @Test(arguments: [("/main.js", "text/javascript"), ("/style.css", "text/css"), ("/icon.svg", "image/svg+xml")])
    func itsFilesHaveTheirTypes(_ path: String, _ type: String) async throws {
        let answer = try await get(path)
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.contains("Content-Type: \(type)"))
    }

    /// A name in the page that leads nowhere is found here and not by a player.
    @Test func everythingThatThePageNamesIsThere() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder)
        #expect(Set(Self.pages.pages.keys) == Set(names.map { $0 == "index.html" ? "/" : "/\($0)" }))
        for name in names {
            let text = try String(contentsOfFile: "\(Self.folder)/\(name)", encoding: .utf8)
            for match in text.matches(of: /(?:from "\.\/|src="|href=")([a-z]+\.[a-z]+)"/) {
                #expect(names.contains(String(match.1)), "\(name) names \(match.1)")
            }
            #expect(!text.contains("http://") || name == "icon.svg", "\(name): nothing comes from elsewhere")
            #expect(!text.contains("https://") && !text.contains("innerHTML") && !text.contains("style=\""), "\(name)")
        }
        let page = try String(contentsOfFile: "\(Self.folder)/index.html", encoding: .utf8)
        #expect(page.matches(of: /<script/).count == 1 && !page.contains("onclick"), "no script inside the page")
    }

    /// Every text that the page asks for is written.
    @Test func everyTextOfThePageIsWritten() throws {
        let strings = try String(contentsOfFile: "\(Self.folder)/strings.js", encoding: .utf8)
        var asked: Set<String> = []
        for name in ["index.html", "main.js", "live.js", "takes.js", "piano.js"] {
            let text = try String(contentsOfFile: "\(Self.folder)/\(name)", encoding: .utf8)
            asked.formUnion(text.matches(of: /(?:data-text="|\btext\.)([A-Za-z]+)/).map { String($0.1) })
        }
        #expect(asked.count > 40)
        for name in asked { #expect(strings.contains("\(name):"), "strings.js has no \(name)") }
    }

    @Test(arguments: ["/../Package.swift", "/%2e%2e/Package.swift", "/console/main.js", "/nothing.js", "/.git"])
    func nothingElseOfTheDiskIsServed(_ path: String) async throws {
        let answer = try await get(path)
        #expect(answer.hasPrefix("HTTP/1.1 404 ") || answer.hasPrefix("HTTP/1.1 400 "), "\(answer.prefix(60))")
    }

    @Test func aPageTakesGetAlone() async throws {
        let answer = try await get("/", method: "DELETE")
        #expect(answer.hasPrefix("HTTP/1.1 405 ") && answer.contains("Allow: GET\r\n"))
    }

    @Test func withoutThePageTheAPIStillAnswers() async throws {
        #expect(try await get("/", pages: .none).hasPrefix("HTTP/1.1 404 "))
        #expect(try await get("/v1/status", pages: .none).hasPrefix("HTTP/1.1 401 "))
        #expect(ConsolePages(folders: ["/nowhere"]).isEmpty && !Self.pages.isEmpty)
    }

    @Test func aForeignPageIsTurnedAway() async throws {
        let answer = try await withConsole(pages: Self.pages, configure: { $0.port = 0 }) {
            (_, _, client, port) async throws in
            await exchangeRaw(client, ["GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"], port: port)
        }
        #expect(answer.hasPrefix("HTTP/1.1 403 "))
    }
}
