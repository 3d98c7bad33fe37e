internal import CZlib

/// Writes pixels as a PNG file (W3C Portable Network Graphics, third edition): 8 bits a channel, no transparency.
enum PNGWriter {
    static func write(_ raster: Raster) throws(RenderingError) -> [UInt8] {
        var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        let size = bigEndian(UInt32(raster.width)) + bigEndian(UInt32(raster.height))
        // bit depth 8, colour type 2 (RGB), deflate, standard filters, not interlaced
        append("IHDR", size + [8, 2, 0, 0, 0], to: &file)
        append("IDAT", try deflate(filtered(raster)), to: &file)
        append("IEND", [], to: &file)
        return file
    }

    /// Each row as its difference to the row above (filter type 2): upright lines and empty ground become zeros.
    private static func filtered(_ raster: Raster) -> [UInt8] {
        let stride = raster.width * 3
        var bytes: [UInt8] = []
        bytes.reserveCapacity((stride + 1) * raster.height)
        for row in 0..<raster.height {
            bytes.append(2)
            let start = row * stride
            for index in start..<(start + stride) {
                let above = row == 0 ? 0 : raster.pixels[index - stride]
                bytes.append(raster.pixels[index] &- above)
            }
        }
        return bytes
    }

    private static func deflate(_ bytes: [UInt8]) throws(RenderingError) -> [UInt8] {
        var length = compressBound(uLong(bytes.count))
        var packed = [UInt8](repeating: 0, count: Int(length))
        let result = compress2(&packed, &length, bytes, uLong(bytes.count), 9)
        guard result == Z_OK else {
            throw RenderingError(.failed, action: "pack the picture", cause: "zlib compress2: error \(result)")
        }
        packed.removeLast(packed.count - Int(length))
        return packed
    }

    private static func append(_ name: String, _ data: [UInt8], to file: inout [UInt8]) {
        let content = Array(name.utf8) + data
        file += bigEndian(UInt32(data.count)) + content
        file += bigEndian(UInt32(truncatingIfNeeded: crc32(0, content, uInt(content.count))))
    }

    private static func bigEndian(_ value: UInt32) -> [UInt8] {
        [UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
    }
}
