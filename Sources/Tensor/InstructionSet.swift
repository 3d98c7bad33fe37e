internal import CKernels
import Glibc

/// The processor instructions that the kernels use.
///
/// Results are bit-equal between runs on one instruction set; different sets round differently.
public enum InstructionSet: String, CaseIterable, Sendable {
    /// SSE2 on x86-64, NEON on aarch64.
    case baseline
    case avx2
    case avx512

    /// The sets that this machine can run, weakest first.
    public static let available: [InstructionSet] = allCases.filter { ck_kernels_for($0.code) != nil }

    /// The set used where none is named: the environment variable `CONTINUO_ISA` (a raw value of this type), where it
    /// names an available set, otherwise the strongest available one.
    public static let current: InstructionSet = {
        if let text = getenv("CONTINUO_ISA"), let wished = InstructionSet(rawValue: String(cString: text)),
            available.contains(wished)
        {
            return wished
        }
        return available.last ?? .baseline
    }()

    private var code: Int32 {
        switch self {
        case .baseline: Int32(CK_BASELINE)
        case .avx2: Int32(CK_AVX2)
        case .avx512: Int32(CK_AVX512)
        }
    }

    /// The functions of this set. Asking for a set that the machine lacks is a programming error.
    var kernels: Kernels {
        guard let table = ck_kernels_for(code) else {
            preconditionFailure("this processor has no \(rawValue) instructions; see InstructionSet.available")
        }
        return table
    }

    /// Billions of floating-point operations a second that one core does at most on this set, measured with registers
    /// alone for a few milliseconds: the yardstick of the benchmarks.
    public func measuredPeak() -> Double { ck_peak_gflops(code) }
}

typealias Kernels = UnsafePointer<ck_kernels>
