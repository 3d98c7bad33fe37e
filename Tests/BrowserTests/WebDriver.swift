import Foundation
import Testing

@testable import Publishing

/// A browser that is steered over WebDriver (W3C Recommendation), with Chromium's way to Chrome's protocol.
final class WebDriver: Sendable {
    struct Failure: Error, CustomStringConvertible { var description: String }

    private let driver: Process
    private let folder: String
    private let base: String
    private let session: String

    /// Starts chromedriver and a headless Chromium with a profile of its own.
    ///
    /// - Parameter script: runs in every page before its own scripts.
    init(folder: String, script: String) async throws {
        self.folder = folder
        let path = try #require(
            ["/usr/bin/chromedriver", "/usr/lib/chromium/chromedriver"].first {
                FileManager.default.isExecutableFile(atPath: $0)
            }, "there is no chromedriver: install the packages chromium and chromium-driver (scripts/setup test does)")
        let log = folder + "/driver.log"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        driver = Process()
        driver.executableURL = URL(fileURLWithPath: path)
        driver.arguments = ["--port=0"]
        driver.standardInput = FileHandle.nullDevice
        driver.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        driver.standardError = driver.standardOutput
        // Nothing of the browser goes into the home of whoever runs the tests.
        driver.environment = ProcessInfo.processInfo.environment.merging(["HOME": folder, "TMPDIR": folder]) { $1 }
        try driver.run()
        var port: String?
        let end = ContinuousClock.now + .seconds(60)
        while port == nil {
            let words = try String(contentsOfFile: log, encoding: .utf8)
            port = words.firstMatch(of: /started successfully on port (\d+)/).map { String($0.1) }
            try #require(driver.isRunning && ContinuousClock.now < end, "chromedriver does not start: \(words)")
            try await Task.sleep(for: .milliseconds(20))
        }
        base = "http://127.0.0.1:\(port ?? "")"
        let arguments = [
            "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run",
            "--user-data-dir=\(folder)/profile", "--autoplay-policy=no-user-gesture-required",
            "--window-size=1200,1000",
        ]
        let answer = try await WebDriver.ask(
            "POST", base + "/session",
            ["capabilities": ["alwaysMatch": ["browserName": "chrome", "goog:chromeOptions": ["args": arguments]]]])
        session = try #require((answer as? [String: Any])?["sessionId"] as? String)
        _ = try await ask(
            "POST", "/goog/cdp/execute",
            ["cmd": "Page.addScriptToEvaluateOnNewDocument", "params": ["source": script]])
    }

    /// Ends the browser; must be called.
    func quit() async {
        _ = try? await ask("DELETE", "")
        // The browser has ended; chromedriver itself does not end by a signal that can be held off.
        kill(driver.processIdentifier, SIGKILL)
    }

    func open(_ address: String) async throws { _ = try await ask("POST", "/url", ["url": address]) }
    func reload() async throws { _ = try await ask("POST", "/refresh", [:]) }

    /// Opens a second tab and goes there.
    ///
    /// - Returns: the handles of the old one and the new one.
    func openTab() async throws -> (old: String, new: String) {
        let old = try #require(try await ask("GET", "/window") as? String)
        let answer = try await ask("POST", "/window/new", ["type": "tab"]) as? [String: Any]
        let new = try #require(answer?["handle"] as? String)
        try await show(new)
        return (old, new)
    }

    func show(_ tab: String) async throws { _ = try await ask("POST", "/window", ["handle": tab]) }

    /// Presses an element with the pointer, as a person does.
    func press(_ selector: String, held: Duration = .milliseconds(60)) async throws {
        let element = try await wait("\(selector) is there") { try await self.find(selector) }
        let origin = ["element-6066-11e4-a52e-4f735466cecf": element]
        let actions: [[String: Any]] = [
            ["type": "pointerMove", "duration": 0, "origin": origin, "x": 0, "y": 0],
            ["type": "pointerDown", "button": 0],
            ["type": "pause", "duration": Int(held / .milliseconds(1))], ["type": "pointerUp", "button": 0],
        ]
        _ = try await ask(
            "POST", "/actions",
            [
                "actions": [
                    ["type": "pointer", "id": "finger", "parameters": ["pointerType": "touch"], "actions": actions]
                ]
            ])
    }

    private func find(_ selector: String) async throws -> String? {
        let found =
            try? await ask("POST", "/element", ["using": "css selector", "value": selector]) as? [String: String]
        return found?.values.first
    }

    func text(_ selector: String) async throws -> String {
        try await run("return document.querySelector(arguments[0])?.textContent ?? ''", [selector]) as? String ?? ""
    }

    /// Runs JavaScript in the page; a promise is waited for.
    func run(_ script: String, _ arguments: [Any] = []) async throws -> Any? {
        try await ask("POST", "/execute/sync", ["script": script, "args": arguments])
    }

    /// Waits for something, generously: the machine may be busy.
    func wait<T>(_ what: String, _ condition: () async throws -> T?) async throws -> T {
        let end = ContinuousClock.now + .seconds(30)
        while true {
            if let value = try await condition() { return value }
            if ContinuousClock.now > end {
                let page = try? await run("return document.body.innerText.slice(0, 600)") as? String
                throw Failure(description: "waited in vain until \(what); the page says: \(page ?? "")")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    func wait(until what: String, _ script: String, _ arguments: [Any] = []) async throws {
        _ = try await wait(what) {
            try await self.run("return Boolean(\(script))", arguments) as? Bool == true ? true : nil
        }
    }

    private func ask(_ method: String, _ path: String, _ body: [String: Any]? = nil) async throws -> Any? {
        try await WebDriver.ask(method, "\(base)/session/\(session)\(path)", body)
    }

    private static func ask(_ method: String, _ address: String, _ body: [String: Any]? = nil) async throws -> Any? {
        var request = WebRequest(method: method, address: address)
        if let body { request.body = .json(Array(try JSONSerialization.data(withJSONObject: body))) }
        let wish = request
        let answer = try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                // A busy machine may need a while to start a browser.
                continuation.resume(with: Result { try WebClient(quietSeconds: 120).send(wish) })
            }
        }
        let data = Data(answer.body)
        let value = (try JSONSerialization.jsonObject(with: data) as? [String: Any])?["value"]
        guard answer.status == 200 else {
            let words = (value as? [String: Any])?["message"] as? String ?? String(decoding: data, as: UTF8.self)
            throw Failure(description: "\(method) \(address.suffix(40)): \(words.prefix(400))")
        }
        return value
    }
}
