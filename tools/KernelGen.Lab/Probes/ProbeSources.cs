using System.Text;
using KernelGen.Kernels;

namespace KernelGen.Lab.Probes;

/// <summary>
/// The CUDA C of the probes: files of the folder <c>Kernels</c>, with constants and products written before and beside them.
/// </summary>
internal static class ProbeSources
{
    private const string ResourcePrefix = "probes/";
    private const string ProductsHeader = "probe_products.cuh";
    private const string ProbeHeader = "probe.cuh";

    /// <summary>A translation unit.</summary>
    /// <param name="file">The file's name.</param>
    /// <param name="constants">Its constants, as macros.</param>
    public static KernelText Text(string file, params (string Name, int Value)[] constants)
    {
        string macros =
            string.Concat(constants.Select(constant => Invariant($"#define {constant.Name} {constant.Value}\n")));
        byte[] text = Encoding.UTF8.GetBytes(macros + Resource(file));
        return () => text;
    }

    /// <summary>The headers of a translation unit.</summary>
    /// <param name="primitives">The headers of generated kernels.</param>
    /// <param name="columns">Columns of the products that it computes; 0 for none.</param>
    public static IReadOnlyList<CudaHeader> Headers(IReadOnlyList<CudaHeader> primitives, int columns)
    {
        byte[] probe = Encoding.UTF8.GetBytes(Resource(ProbeHeader));
        List<CudaHeader> headers = [.. primitives, new(ProbeHeader, () => probe)];
        if (columns > 0)
        {
            byte[] products = Encoding.UTF8.GetBytes(ProbeProducts.Text(columns));
            headers.Add(new(ProductsHeader, () => products));
        }

        return headers;
    }

    private static string Resource(string file)
    {
        using Stream stream = typeof(ProbeSources).Assembly.GetManifestResourceStream(ResourcePrefix + file)
            ?? throw new ArgumentException($"There is no probe {file}.", nameof(file));
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
