/// Why a file of a folder gives no song: it is named and left out, the others are read.
struct ImportFailure: Error, CustomStringConvertible {
    /// A clause that is the same for all files of that kind, to be counted: `it is no zip archive`.
    let reason: String
    /// What is particular to the file; empty where there is no more to say.
    let detail: String

    init(_ reason: String, detail: String = "") {
        self.reason = reason
        self.detail = detail
    }

    var description: String { detail.isEmpty ? reason : "\(reason) (\(detail))" }
}
