// expect: initializer is inaccessible
import Bindings

func misuse(_ handle: TransactionHandle) {
    _ = WriteTransaction(handle)
}
