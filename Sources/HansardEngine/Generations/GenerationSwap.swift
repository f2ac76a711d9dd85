import HansardBindings

extension Log {
    /// Makes another generation of the index the live one, in a transaction of its own.
    ///
    /// Every process sees the new number in the transaction in which it sees the head, and moves
    /// over. The act is noted in the same transaction; the next commit of a writer records it.
    /// - Throws: `HansardError` (`generationChanged`) when `expected` is not live any more.
    func swapGeneration(from expected: UInt64, to new: UInt64, as act: PendingAct) throws {
        try environment.write { transaction in
            let live = try generation(in: transaction)
            guard live == expected else {
                throw HansardError(
                    .generationChanged,
                    "generation \(live) of the index became live, but \(expected) was to be "
                        + "replaced; nothing was changed",
                    advice: .retryIfStillNeeded)
            }
            try LogMeta.setGeneration(new, in: meta, transaction)
            try act.put(to: meta, in: transaction)
        }
    }
}
