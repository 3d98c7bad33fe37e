import ArgumentParser
import ConsoleAPI
import Foundation
import Music

/// Which takes are wanted.
struct TakeFilter: ParsableArguments {
    @Option(help: "Takes with all these words in their keyboard, key, tags, genres or note.") var words: String?
    @Option(help: "Takes with this tag; can be given again, then with all of them.") var tag: [String] = []
    @Option(help: "Takes that a band of this genre was written for.") var genre: String?
    @Option(help: "Takes in this key, as \"A minor\".") var key: String?
    @Option(help: ArgumentHelp("Takes of this tempo.", valueName: "90-120")) var tempo: String?
    @Option(help: "Takes rated so or better, 0 to 5.") var rating: Int?
    @Option(help: "Takes played on this keyboard.") var keyboard: String?
    @Option(help: "Takes of this day and later.") var since: String?
    @Option(help: "Takes from before this day.") var until: String?
    @Flag(help: "The deleted takes.") var deleted = false

    func request(limit: Int, before: Int64? = nil) throws -> TakeListRequest {
        func day(_ text: String?, _ name: String) throws -> Date? {
            try text.map { text in
                let formatter = DateFormatter()
                formatter.locale = Locale(identifier: "en_US_POSIX")
                formatter.dateFormat = "yyyy-MM-dd"
                guard let date = formatter.date(from: text) else {
                    throw ValidationError("--\(name) is a day as 2026-01-31.")
                }
                return date
            }
        }
        let range = try tempo.map { text in
            guard let range = TakeListRequest.range(text) else { throw ValidationError("--tempo is 90 or 90-120.") }
            return range
        }
        let style = try genre.map { name in
            guard let genre = Genre(rawValue: name) else { throw ValidationError("'\(name)' is no genre.") }
            return genre
        }
        if let rating, !(0...5).contains(rating) { throw ValidationError("--rating is 0 to 5.") }
        return TakeListRequest(
            limit: limit, before: before, words: words, keyboard: keyboard, genre: style, tags: tag, key: key,
            tempo: range, rating: rating, since: try day(since, "since"), until: try day(until, "until"),
            deleted: deleted)
    }

    var isEmpty: Bool {
        words == nil && tag.isEmpty && genre == nil && key == nil && tempo == nil && rating == nil && keyboard == nil
            && since == nil && until == nil && !deleted
    }
}

struct TakesList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the latest takes, newest first; find takes.")
    @Option(help: "How many, 1 to 500.") var limit = 20
    @OptionGroup(title: "Find") var filter: TakeFilter
    @OptionGroup var source: TakeSource
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        guard (1...TakeListRequest.largestPage).contains(limit) else {
            throw ValidationError("--limit is 1 to \(TakeListRequest.largestPage).")
        }
        _ = try filter.request(limit: limit)
    }

    func run() async throws {
        let request = try filter.request(limit: limit)
        let takes = try await source.ask { try await $0.takes(request) }
        if json { return try printJSON(TakeListReport(takes: takes)) }
        guard !takes.isEmpty else {
            return print(
                filter.isEmpty
                    ? "No takes yet: press Record on the keyboard (or \"continuo record\"), play, press Record again."
                    : filter.deleted ? "No take is deleted." : "No take is like that.")
        }
        // A column that would be empty is left out.
        let hasNotes = takes.contains { !$0.note.isEmpty }
        let hasMarks = takes.contains { $0.rating != nil || !$0.tags.isEmpty }
        var table = Table(
            head: ["take", "recorded", "bars", "metre", "bpm", "key", "notes", "bands"]
                + (hasMarks ? ["rating", "tags"] : []) + ["keyboard"] + (hasNotes ? ["note"] : []),
            numbers: [0, 2, 4, 6, 7])
        table.rows = takes.map { take in
            var row = [
                "\(take.id)", local(take.savedAt), "\(take.bars)", take.meter, beats(take.tempo), take.key ?? "",
                "\(take.noteCount)", "\(take.arrangementCount)",
            ]
            if hasMarks { row += [stars(take.rating), take.tags.joined(separator: ", ")] }
            let keyboard = take.source == "imported" ? "imported" : take.keyboard
            row.append(keyboard + (take.isDamaged ? " (input was lost)" : ""))
            if hasNotes { row.append(take.note.count > 40 ? take.note.prefix(39) + "…" : take.note) }
            return row
        }
        for line in table.lines { print(line) }
    }
}

/// `***--`; empty where there is no rating.
func stars(_ rating: Int?) -> String {
    rating.map { String(repeating: "*", count: $0) + String(repeating: "-", count: 5 - $0) } ?? ""
}
