internal import CSndFile
import Glibc

/// The kinds of audio file that are written.
public enum AudioFormat: String, Sendable, CaseIterable {
    case wav, flac, ogg, mp3

    /// By a file's name; nil for an unknown ending.
    public init?(path: String) {
        guard let dot = path.lastIndex(of: ".") else { return nil }
        self.init(rawValue: path[path.index(after: dot)...].lowercased())
    }
}

/// Writes stereo samples to a file that appears under its name only when it is complete.
struct AudioFile: ~Copyable {
    private let path: String
    private let partial: String
    private var file: OpaquePointer?

    init(path: String, format: AudioFormat, sampleRate: Int) throws(RenderingError) {
        self.path = path
        partial = path + ".partial"
        let kind =
            switch format {
            case .wav: SF_FORMAT_WAV | SF_FORMAT_PCM_16
            case .flac: SF_FORMAT_FLAC | SF_FORMAT_PCM_24
            case .ogg: SF_FORMAT_OGG | SF_FORMAT_VORBIS
            case .mp3: SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III
            }
        var info = SF_INFO(
            frames: 0, samplerate: Int32(sampleRate), channels: 2, format: Int32(bitPattern: UInt32(kind)), sections: 0,
            seekable: 0)
        guard sf_format_check(&info) != 0 else {
            throw RenderingError(
                .cannotWrite, action: "write \(path)",
                cause: "libsndfile of this system writes no \(format.rawValue.uppercased()) at \(sampleRate) Hz",
                advice: "write .flac or .wav instead; MP3 needs libsndfile 1.1 or newer")
        }
        guard let opened = sf_open(partial, Int32(SFM_WRITE), &info) else {
            throw AudioFile.failure(path, nil)
        }
        file = opened
        // Rounding must never wrap round; the gain keeps samples below full scale anyway.
        sf_command(opened, Int32(SFC_SET_CLIPPING), nil, 1)
        switch format {
        case .wav, .flac: break
        case .ogg:
            var quality = 0.6
            sf_command(opened, Int32(SFC_SET_VBR_ENCODING_QUALITY), &quality, Int32(MemoryLayout<Double>.size))
        case .mp3:
            // About 190 kbit/s of variable rate: LAME's level 2.
            var mode = Int32(SF_BITRATE_MODE_VARIABLE)
            sf_command(opened, Int32(SFC_SET_BITRATE_MODE), &mode, Int32(MemoryLayout<Int32>.size))
            var compression = 0.2
            sf_command(opened, Int32(SFC_SET_COMPRESSION_LEVEL), &compression, Int32(MemoryLayout<Double>.size))
        }
    }

    deinit {
        if let file {
            sf_close(file)
            unlink(partial)
        }
    }

    /// - Parameter samples: left and right in turn.
    func write(_ samples: ArraySlice<Float>) throws(RenderingError) {
        let frames = samples.count / 2
        let written = samples.withUnsafeBufferPointer { sf_writef_float(file, $0.baseAddress, sf_count_t(frames)) }
        guard written == frames else { throw AudioFile.failure(path, file) }
    }

    /// Completes the file, makes it durable and gives it its name.
    consuming func finish() throws(RenderingError) {
        let closing = file
        file = nil
        guard sf_close(closing) == 0 else {
            unlink(partial)
            throw AudioFile.failure(path, nil)
        }
        let descriptor = open(partial, O_RDONLY | O_CLOEXEC)
        let synced = descriptor >= 0 && fsync(descriptor) == 0
        if descriptor >= 0 { close(descriptor) }
        guard synced, rename(partial, path) == 0 else {
            let cause = String(cString: strerror(errno))
            unlink(partial)
            throw RenderingError(.cannotWrite, action: "write \(path)", cause: cause, advice: AudioFile.advice)
        }
    }

    private static let advice = "see that the folder exists, may be written, and has room"

    private static func failure(_ path: String, _ file: OpaquePointer?) -> RenderingError {
        RenderingError(
            .cannotWrite, action: "write \(path)", cause: String(cString: sf_strerror(file)), advice: advice)
    }
}
