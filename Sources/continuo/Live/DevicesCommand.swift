import ArgumentParser
import ConsoleAPI
import ContinuoClient
import Foundation

struct DevicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devices", abstract: "Show the keyboards, what is known of them and what starts the band.",
        subcommands: [List.self, Accept.self, Refuse.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the keyboards that are plugged in.")
        @OptionGroup var daemon: DaemonOption
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let devices = try await daemon.ask { client throws(ClientError) in try await client.devices() }
            if json { return try printJSON(DeviceListReport(devices: devices)) }
            guard !devices.isEmpty else {
                print("No keyboard is plugged in. If yours is: continuo doctor")
                return
            }
            var table = Table(head: ["keyboard", "profile", "match", "confidence", "buttons", "role"])
            table.rows = devices.map { device in
                [
                    device.name, device.profile ?? "none", device.basis ?? "-",
                    device.confidence.map { ["weak", "good", "sure"][min(max($0, 1), 3) - 1] } ?? "-",
                    DevicesCommand.buttons(of: device), device.role ?? "melody",
                ]
            }
            for line in table.lines { print(line) }
            for device in devices { describe(device) }
        }

        private func describe(_ device: DeviceReport) {
            print("\n" + Ink.bold(device.name) + "  " + Ink.quiet(device.id))
            for way in device.starts.components(separatedBy: "; or ") where !way.isEmpty {
                print("  to start the band: \(way)")
            }
            for button in device.buttons {
                print(
                    "  \(button.action): \(button.sends)" + (button.acts ? "" : Ink.red("  unconfirmed: does not act")))
            }
            for heard in device.heard { print("  heard, without a meaning: \(heard)") }
            if !device.advice.isEmpty { print("  " + device.advice) }
        }
    }

    /// How many buttons act, of how many.
    private static func buttons(of device: DeviceReport) -> String {
        let acting = device.buttons.count(where: \.acts)
        return acting == device.buttons.count ? "\(acting)" : "\(acting) of \(device.buttons.count)"
    }

    struct Accept: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "accept", abstract: "Let a keyboard's unconfirmed buttons act.")
        @Argument(help: "The keyboard's name, a part of it, or its id.") var name: String
        @OptionGroup var daemon: DaemonOption
        @Flag(help: "Print JSON.") var json = false
        func run() async throws { try await consent(true, name, daemon, json: json) }
    }

    struct Refuse: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "refuse", abstract: "Let a keyboard's unconfirmed buttons act no more.")
        @Argument(help: "The keyboard's name, a part of it, or its id.") var name: String
        @OptionGroup var daemon: DaemonOption
        @Flag(help: "Print JSON.") var json = false
        func run() async throws { try await consent(false, name, daemon, json: json) }
    }
}

private func consent(_ isGiven: Bool, _ name: String, _ daemon: DaemonOption, json: Bool) async throws {
    let devices = try await daemon.ask { client throws(ClientError) in try await client.devices() }
    let part = name.lowercased()
    let exact = devices.filter { $0.id == name }
    let fitting = exact.isEmpty ? devices.filter { $0.name.lowercased().contains(part) } : exact
    guard let device = fitting.first else {
        let names = devices.map(\.name).joined(separator: ", ")
        throw fail(
            "no keyboard is called \"\(name)\" (\(names.isEmpty ? "none is plugged in" : "there are: \(names)"))",
            ExitReason.noInput)
    }
    guard fitting.count == 1 else {
        throw fail(
            "\"\(name)\" fits \(fitting.count) keyboards; say one of \(fitting.map(\.id).joined(separator: ", "))",
            ExitReason.badInput)
    }
    let report = try await daemon.ask { client throws(ClientError) in
        try await client.consent(isGiven, device: device.id)
    }
    if json { return try printJSON(report) }
    let acting = report.buttons.filter(\.acts).map(\.action)
    print(
        "\(report.name): \(acting.isEmpty ? "no button acts" : "these buttons act: \(acting.joined(separator: ", "))")")
}
