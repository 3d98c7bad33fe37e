import ArgumentParser
import ConsoleAPI

struct TakesArrange: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "arrange", abstract: "Have another band written for a take; nothing sounds.",
        discussion: "What is not said is as with the take's newest band; without --seed one is drawn.")
    @Argument(help: "The take's number.") var take: Int64
    @Option(help: "The genre; \"continuo status\" lists them.") var genre: String?
    @Option(help: "Chooses the variation: the same seed writes the same notes.") var seed: UInt64?
    @Option(help: "How daring the rhythm is, 0 to 1.") var temperature: Double?
    @OptionGroup var source: TakeSource
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        if let temperature, !(0...1).contains(temperature) {
            throw ValidationError("A temperature is 0 to 1, not \(temperature).")
        }
    }

    func run() async throws {
        let request = ArrangeRequest(genre: genre, seed: seed.map { "\($0)" }, temperature: temperature)
        let band = try await source.ask { try await $0.arrange(take, request) }
        if json { return try printJSON(band) }
        let summary = band.summary
        print(
            "take \(take) has another band: \(summary.genre), seed \(summary.seed), by the \(summary.accompanist). "
                + "\"continuo takes play \(take)\" plays it, \"continuo takes export \(take) -o song.mid\" writes it.")
    }
}
