import ArgumentParser
import ConsoleAPI

/// The takes that a command changes, and how it says what came of it.
struct TakeNumbers: ParsableArguments {
    @Argument(help: ArgumentHelp("The takes' numbers.", valueName: "take")) var takes: [Int64]
    @OptionGroup var source: TakeSource
    @Flag(help: "Print JSON.") var json = false

    func each(
        _ change: (any TakeAccess, Int64) async throws -> TakeSummaryReport, _ sentence: (TakeSummaryReport) -> String
    ) async throws {
        var changed: [TakeSummaryReport] = []
        for take in takes {
            let summary = try await source.ask { try await change($0, take) }
            changed.append(summary)
            if !json { print(sentence(summary)) }
        }
        if json { try printJSON(TakeListReport(takes: changed)) }
    }
}

struct TakesTag: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag", abstract: "Add tags to takes, or take tags away; without takes, list the tags.")
    @Argument(help: ArgumentHelp("The takes' numbers.", valueName: "take")) var takes: [Int64] = []
    @Option(help: "A tag to add; can be given again.") var add: [String] = []
    @Option(help: "A tag to take away; can be given again.") var remove: [String] = []
    @OptionGroup var source: TakeSource
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        guard takes.isEmpty == (add.isEmpty && remove.isEmpty) else {
            throw ValidationError(
                takes.isEmpty ? "Which takes? Give their numbers." : "Which tag? Give --add or --remove.")
        }
    }

    func run() async throws {
        guard takes.isEmpty else {
            var numbers = TakeNumbers()
            numbers.takes = takes
            numbers.source = source
            numbers.json = json
            return try await numbers.each({ try await $0.mark($1, MarkRequest(tag: add, untag: remove)) }) { take in
                "take \(take.id): " + (take.tags.isEmpty ? "no tags" : take.tags.joined(separator: ", "))
            }
        }
        let tags = try await source.ask { try await $0.tags() }
        if json { return try printJSON(TagListReport(tags: tags)) }
        guard !tags.isEmpty else { return print("No take has a tag. \"continuo takes tag 12 --add waltz\" gives one.") }
        var table = Table(head: ["tag", "takes"], numbers: [1])
        table.rows = tags.map { [$0.tag, "\($0.takes)"] }
        for line in table.lines { print(line) }
    }
}

struct TakesRate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rate", abstract: "Rate a take, 0 to 5; \"none\" takes the rating away.")
    @Argument(help: "The take's number.") var take: Int64
    @Argument(help: ArgumentHelp("How much you like it.", valueName: "0-5|none")) var rating: String
    @OptionGroup var source: TakeSource
    @Flag(help: "Print JSON.") var json = false

    private var number: Int? { rating == "none" ? -1 : Int(rating).flatMap { (0...5).contains($0) ? $0 : nil } }

    func validate() throws {
        guard number != nil else { throw ValidationError("A rating is 0 to 5, or \"none\".") }
    }

    func run() async throws {
        let summary = try await source.ask { try await $0.mark(take, MarkRequest(rating: number)) }
        if json { return try printJSON(summary) }
        print("take \(take): " + (summary.rating.map { "\(stars($0))" } ?? "not rated"))
    }
}

struct TakesNote: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "note", abstract: "Write a note on a take, instead of the one that is there.")
    @Argument(help: "The take's number.") var take: Int64
    @Argument(help: "The note; \"\" takes it away.") var text: String
    @OptionGroup var source: TakeSource
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let summary = try await source.ask { try await $0.mark(take, MarkRequest(note: text)) }
        if json { return try printJSON(summary) }
        print("take \(take): " + (text.isEmpty ? "no note" : text))
    }
}

struct TakesDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete takes. For a month they can be restored.")
    @OptionGroup var numbers: TakeNumbers

    func run() async throws {
        try await numbers.each({ try await $0.delete($1) }) { take in
            "take \(take.id) is deleted; \"continuo takes restore \(take.id)\" brings it back for \(TakeListRequest.daysToRestore) days"
        }
    }
}

struct TakesRestore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "restore", abstract: "Bring deleted takes back.")
    @OptionGroup var numbers: TakeNumbers

    func run() async throws {
        try await numbers.each({ try await $0.restore($1) }) { "take \($0.id) is back" }
    }
}
