namespace KernelGen.Cuda.Interop;

/// <summary><c>CUtensorMapDataType</c>, as far as it is used.</summary>
internal enum TensorMapDataType
{
    Float16 = 6,
    BFloat16 = 9,
}
