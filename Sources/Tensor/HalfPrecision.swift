/// Conversion from and to IEEE 754 half precision by bits, the same on every processor.
extension Float {
    init(halfBits h: UInt16) {
        let sign = UInt32(h & 0x8000) << 16
        let exponent = UInt32(h >> 10) & 0x1f
        let fraction = UInt32(h & 0x3ff)
        switch exponent {
        case 0:
            let magnitude = Float(fraction) * 0x1p-24
            self = sign == 0 ? magnitude : -magnitude
        case 0x1f: self.init(bitPattern: sign | 0x7f80_0000 | fraction << 13)
        default: self.init(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }

    /// The nearest half, ties to even; beyond 65504 infinity.
    var halfBits: UInt16 {
        let sign = UInt16(truncatingIfNeeded: bitPattern >> 16) & 0x8000
        if isNaN { return sign | 0x7e00 }
        let size = magnitude
        if size >= 65520 { return sign | 0x7c00 }
        // Subnormal halves are multiples of 2^-24.
        if size < 0x1p-14 { return sign | UInt16((size * 0x1p24).rounded(.toNearestOrEven)) }
        let bits = size.bitPattern
        let odd = bits >> 13 & 1
        return sign | UInt16((bits + 0xfff + odd) >> 13 - (112 << 10))
    }
}
