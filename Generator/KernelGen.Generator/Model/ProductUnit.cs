namespace KernelGen.Generator.Model;

/// <summary>The generator's view of <c>KernelGen.Kernels.ProductUnit</c>; same names, same values.</summary>
internal enum ProductUnit
{
    MultiplyAdds,
    WarpProducts,
    WarpgroupProducts,
}
