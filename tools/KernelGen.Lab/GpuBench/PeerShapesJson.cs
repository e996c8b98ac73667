namespace KernelGen.Lab.GpuBench;

/// <summary>The file <c>shapes.json</c>.</summary>
/// <param name="Shapes">The shapes, the most important first.</param>
internal sealed record PeerShapesJson(PeerShapeJson[] Shapes);
