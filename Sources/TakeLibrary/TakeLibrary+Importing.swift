import Capture
import ConsoleAPI
import Music
import StandardMIDIFile
import TakeStore

extension TakeLibrary {
    public func importFile(_ bytes: [UInt8], _ request: ImportRequest) async throws -> ImportReport {
        let tags = Set(try request.tags.map(Self.tag))
        let choice =
            request.track.map { text in Int(text).map { .number($0) } ?? .named(text) } ?? TrackChoice.automatic
        let name = request.name.isEmpty ? "the file" : request.name
        var imported: ImportedTake
        do {
            imported = try ImportedTake(bytes: bytes, file: name, track: choice)
        } catch {
            throw APIError.badRequest("cannot import \(name) as a take: \(error.problem)", advice: error.advice)
        }
        if !imported.followsBeats { imported.readAsPlayed() }
        // What plays beside the melody in a file of somebody else is no answer of ours.
        let band = imported.isOwn ? imported.arrangement.map { [NewArrangement($0)] } ?? [] : []
        let note = [imported.title, request.name.isEmpty ? nil : request.name].compactMap { $0 }.joined(separator: ", ")
        let stored = try await asked {
            try await store.save(
                NewTake(imported.take, marks: TakeMarks(tags: tags, note: note), arrangements: band))
        }
        return ImportReport(
            take: TakeSummaryReport(stored, arrangementCount: band.count), notices: imported.notices)
    }
}

extension ImportedTake {
    /// Reads tempo, metre and bar line from how the melody was played, as of a take.
    fileprivate mutating func readAsPlayed() {
        let settings = TakeRecorder.Settings(tempo: nil, meter: take.phrase.meter, origin: take.origin)
        guard let understood = Understanding(of: take.performance, playedTo: settings, end: nil) else { return }
        take.phrase = understood.phrase
        take.tempoMap = understood.tempoMap
        notices.append("it was played freely, beside the file's own beats: tempo and bars are read from the playing")
    }
}
