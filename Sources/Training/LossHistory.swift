/// What a run's `losses.csv` tells: a number a step and column, or none where the stage has none.
public struct LossHistory: Sendable {
    /// The number of the first row's step.
    public let firstStep: Int
    /// Where each stage lies, in order, by rows.
    public let stages: [(name: String, rows: Range<Int>)]
    /// The columns with numbers, by name.
    public let columns: [String: [Double?]]
    public let count: Int

    /// Reads a table as `TrainingRun` writes it, also while it is being written: a last row that is not whole yet is left out.
    ///
    /// - Throws: `TrainingError.data` that names the line.
    public init(_ text: String) throws(TrainingError) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        // The last line ends with a line end, or is still being written.
        lines.removeLast()
        guard let head = lines.first?.split(separator: ",").map(String.init), head.starts(with: ["step", "stage"])
        else {
            throw .data("this is no table of losses: its first line does not begin with step,stage")
        }
        var numbers = [[Double?]](repeating: [], count: head.count)
        var stages: [(name: String, rows: Range<Int>)] = []
        var firstStep: Int?
        for (row, line) in lines.dropFirst().enumerated() {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            guard cells.count == head.count, let step = Int(cells[0]), step == (firstStep ?? step) + row else {
                throw .data("line \(row + 2) of the losses is no row of \(head.count) cells for the next step")
            }
            firstStep = firstStep ?? step
            if stages.last?.name == String(cells[1]) {
                stages[stages.count - 1].rows = stages[stages.count - 1].rows.lowerBound..<row + 1
            } else {
                stages.append((String(cells[1]), row..<row + 1))
            }
            for column in 2..<head.count {
                guard !cells[column].isEmpty else {
                    numbers[column].append(nil)
                    continue
                }
                guard let number = Double(cells[column]) else {
                    throw .data("line \(row + 2) of the losses: '\(cells[column].prefix(40))' is no number")
                }
                numbers[column].append(number)
            }
        }
        guard let firstStep else { throw .data("the table of losses has no row yet") }
        self.firstStep = firstStep
        self.stages = stages
        count = lines.count - 1
        columns = Dictionary(zip(head, numbers).dropFirst(2).map { ($0, $1) }, uniquingKeysWith: { $1 })
    }
}
