namespace KernelGen.Cuda.Interop;

/// <summary><c>CUtensorMapSwizzle</c>: the length over which chunks of 16 bytes are exchanged in shared memory.</summary>
internal enum TensorMapSwizzle
{
    Bytes32 = 1,
    Bytes64 = 2,
    Bytes128 = 3,
}
