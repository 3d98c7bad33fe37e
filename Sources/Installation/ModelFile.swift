import Glibc

/// A model file's bytes, read only where it can be one.
public enum ModelFile {
    /// No model of ours comes near: the widest network there can be has about a fifth of it.
    public static let largest = 512 << 20

    /// Why a file was not read, in a sentence.
    public struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// Reads a whole file. A folder, a pipe or a file that is too large is not touched, so that memory does not grow by what cannot be used.
    ///
    /// - Throws: `Refusal`.
    public static func read(_ path: String, largest: Int = largest) throws(Refusal) -> [UInt8] {
        // A pipe would wait for a writer.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw Refusal(description: "it cannot be opened: \(String(cString: strerror(errno)))") }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else {
            throw Refusal(description: "it cannot be looked at: \(String(cString: strerror(errno)))")
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Refusal(description: "it is no file") }
        let size = Int(status.st_size)
        guard size <= largest else {
            throw Refusal(
                description: "it has \(size >> 20) MB, and no model has more than \(largest >> 20) MB")
        }
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let got = Glibc.read(file, buffer.baseAddress! + count, size - count)
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = errno }
                guard got > 0 else { break }
                count += got
            }
        }
        guard failure == 0 else {
            throw Refusal(description: "it cannot be read: \(String(cString: strerror(failure)))")
        }
        return bytes
    }
}
