/// Why a file of a folder gives no song: it is named and left out, the others are read.
struct ImportFailure: Error, CustomStringConvertible {
    /// A clause: `it is no zip archive`.
    let description: String
    init(_ description: String) { self.description = description }
}
