import ArgumentParser
import ConsoleAPI
import ContinuoClient
import Foundation
import Music

struct JobsStart: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Begin to train a genre in the background.",
        discussion: """
            continuo jobs start --genre waltz --data waltzes --preset evening
            continuo jobs start --genre jazz --data songs --start jazz --set adversarial-steps=300 --set batch=16

            Data must lie where the daemon may read them; the system's daemon sees neither home folders nor /tmp. \
            "continuo train --help" explains every setting.
            """)

    @Option(help: "The genre's short name: jazz, pop, rock, symphony, or one of your own.") var genre: Genre
    @Option(help: "A prepared data set, or lead sheets in a JSON Lines file.", completion: .file()) var data: String
    @Option(
        help: ArgumentHelp(
            "Use only songs that fit, such as 'source:leadsheets metre:3/4 -tag:Folk' (docs/data.md).",
            valueName: "clauses"))
    var filter: String?
    @Option(help: "Settings that go together, such as quick, evening or weekend.") var preset: String?
    @Option(
        help: ArgumentHelp(
            "Begin with what is learned already: a genre's name, a model file, or another run's checkpoint.",
            valueName: "genre|file"), completion: .file())
    var start: String?
    @Option(help: "How often everything is learned.") var epochs: Int?
    @Option(help: "Steps of reconstruction.") var steps: Int?
    @Option(help: "Windows of four bars in a step.") var batch: Int?
    @Option(help: "Seeds weights, order and noise.") var seed: UInt64?
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Any other option of \"continuo train\", by its name without dashes; can be given again.",
            valueName: "name=value"))
    var settings: [String] = []
    @Flag(help: "Stay and watch it.") var watch = false
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false

    func validate() throws { _ = try request() }

    /// What the daemon is asked for; paths as this program sees them, made whole.
    private func request() throws -> JobRequest {
        var table: [String: String] = [:]
        for setting in settings {
            guard let equals = setting.firstIndex(of: "="), equals != setting.startIndex else {
                throw ValidationError("--set is a name and a value such as batch=16, not '\(setting)'.")
            }
            table[String(setting[..<equals])] = String(setting[setting.index(after: equals)...])
        }
        table["epochs"] = epochs.map { "\($0)" } ?? table["epochs"]
        table["steps"] = steps.map { "\($0)" } ?? table["steps"]
        table["batch"] = batch.map { "\($0)" } ?? table["batch"]
        table["seed"] = seed.map { "\($0)" } ?? table["seed"]
        // A file of that name goes before a genre, as with "continuo train".
        let beginning = start.map {
            FileManager.default.fileExists(atPath: $0) || Genre(rawValue: $0) == nil ? whole($0) : $0
        }
        return JobRequest(
            genre: genre.rawValue, data: whole(data), filter: filter, preset: preset, start: beginning, settings: table)
    }

    private func whole(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

    func run() async throws {
        let request = try request()
        let report = try await daemon.ask { client throws(ClientError) in try await client.create(request) }
        if json, !watch { return try printJSON(report) }
        let id = report.summary.id
        if !json {
            let place = report.summary.state == .queued ? "waits for its turn" : "begins"
            print("job \(id) \(place); \"continuo jobs watch \(id)\" shows how far it is")
        }
        if watch { try await JobWatch(client: daemon.client, json: json).follow(id) }
    }
}
