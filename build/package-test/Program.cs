using System;
using System.Security.Cryptography;
using KernelGen;
using KernelGen.Planning;
using KernelGen.Tensors;

using AttentionHost host = AttentionHost.CreateDefault();
PackageAttention attention = new(host);
AttentionShape shape = new(batch: 1, heads: 2, queries: 100, keys: 77, headDim: 40);
float[] query = Numbers(shape.QueryElements, seed: 1), key = Numbers(shape.KeyElements, seed: 2), value = new float[shape.KeyElements];
float[] output = new float[shape.QueryElements];

// Weights add up to 1: values that are all 3 give 3, whatever queries and keys are.
Array.Fill(value, 3f);
SlicePlan plan = attention.Plan<float>(shape);
attention.Run<float>(plan, query, key, value, output);
bool correct = Array.TrueForAll(output, x => Math.Abs(x - 3f) < 1e-5f);

// The same call as bits, which must not depend on how the program was compiled.
attention.Run<float>(plan, query, key, Numbers(shape.KeyElements, seed: 3), output);
byte[] bytes = new byte[output.Length * sizeof(float)];
Buffer.BlockCopy(output, 0, bytes, 0, bytes.Length);
Console.WriteLine($"{plan.Variant.Id} on {host.Device.Name}: {(correct ? "correct" : "WRONG")}");
Console.WriteLine($"bits {Convert.ToHexString(SHA256.HashData(bytes), 0, 8)}");
Console.WriteLine($"chosen {host.DeviceChoice}");
return correct ? 0 : 1;

static float[] Numbers(long count, int seed)
{
    Random random = new(seed);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++)
        numbers[i] = random.NextSingle() * 4 - 2;
    return numbers;
}

/// <summary>Attention of the package's test.</summary>
[SliceAttention(HeadDims = [40], ElementTypes = [ElementType.Float32], SliceRows = [512])]
internal sealed partial class PackageAttention;
