// expect: initializer is inaccessible
import HansardBindings

func misuse(_ handle: TransactionHandle) {
    _ = WriteTransaction(handle)
}
